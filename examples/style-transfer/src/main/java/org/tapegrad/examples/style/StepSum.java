package org.tapegrad.examples.style;

/** What the images of a step add up to, wherever that is computed. */
public interface StepSum {
  /** For a step counted from 0, with the parameters as they are now. */
  Contribution of(int step);

  /** In this process, one image after the other. */
  static StepSum here(ImageGradients images) {
    return step -> images.sum(step, 0, images.images()).total(images.images());
  }
}
