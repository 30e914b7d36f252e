/**
 * Reverse-mode automatic differentiation: arrays, tensors on a tape, and a check of gradients
 * against finite differences. Start with {@link org.tapegrad.Tape}.
 */
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
module org.tapegrad.core {
  requires java.management;
  requires transitive ejml.core;
  requires ejml.ddense;
  requires static jdk.incubator.vector;
  requires static org.opentest4j;
  requires org.slf4j;

  exports org.tapegrad;
  exports org.tapegrad.array;
  exports org.tapegrad.check;
  exports org.tapegrad.kernel to
      org.tapegrad.ops;
}
