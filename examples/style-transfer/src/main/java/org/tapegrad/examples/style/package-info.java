/**
 * Trains a network to repaint photographs in the manner of a painting, and repaints them. Start
 * with {@code Training}, which is one step of it: crops of photographs go through {@code
 * TransformerNetwork}, {@code PerceptualLoss} says how far the result is from the painting's style
 * and from the photograph, and Adam updates the weights. {@code TrainCommand} and {@code
 * ApplyCommand} are the command line around it; {@code FilterBank} stands where others use a
 * pretrained network.
 */
package org.tapegrad.examples.style;
