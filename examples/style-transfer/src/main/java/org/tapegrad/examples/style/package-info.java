/**
 * Trains a network to repaint photographs in the manner of a painting, and repaints them. Start
 * with {@code ImageGradients}: a crop of a photograph goes through {@code TransformerNetwork}, and
 * {@code PerceptualLoss} says how far the result is from the painting's style and from the
 * photograph. {@code Training} is one step: it adds up the gradients of some images, and Adam
 * updates the weights. {@code TrainCommand} and {@code ApplyCommand} are the command line around
 * it; {@code FilterBank} stands where others use a pretrained network.
 */
package org.tapegrad.examples.style;
