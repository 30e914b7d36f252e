package org.tapegrad.examples.style;

import picocli.CommandLine.Option;

/** The option that says how large pictures may be that are read. */
final class PictureLimit {
  @Option(
      names = "--max-megapixels",
      paramLabel = "N",
      description = "refuse larger pictures before they are decoded")
  private int megapixels = PictureReader.DEFAULT_MEGAPIXELS;

  int megapixels() {
    return megapixels;
  }

  PictureReader reader() {
    return new PictureReader(megapixels);
  }
}
