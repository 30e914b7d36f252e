/**
 * Operations, layers, optimisers and model files on top of the engine. Start with {@link
 * org.tapegrad.ops.InstanceNorm} and {@link org.tapegrad.nn.Module}.
 */
module org.tapegrad.ops {
  requires com.fasterxml.jackson.core;
  requires org.apache.commons.numbers.gamma;
  requires java.desktop;
  requires transitive org.tapegrad.core;

  exports org.tapegrad.explain;
  exports org.tapegrad.io;
  exports org.tapegrad.nn;
  exports org.tapegrad.ops;
  exports org.tapegrad.optim;
}
