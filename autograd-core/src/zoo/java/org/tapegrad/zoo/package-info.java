/**
 * Gradients that are wrong on purpose, each in a way that people get wrong: a sign, a forgotten
 * path, a border counted twice. The gradient checker has to call every one of them wrong and none
 * of the right ones. {@code Zoo.ops()} lists the operations; core's tests and
 * examples/gradient-check run through them.
 */
package org.tapegrad.zoo;
