/**
 * Trains and repaints as style-transfer does, on many machines: {@code SparkSum} computes the
 * gradients of a step's images on Spark, {@code ApplyCommand} repaints a folder. {@code SparkStyle}
 * is the command line.
 */
package org.tapegrad.examples.spark;
