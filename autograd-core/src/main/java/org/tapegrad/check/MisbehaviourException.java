package org.tapegrad.check;

/**
 * A claimed gradient that cannot be compared with anything: wrong count, wrong shape, not
 * repeatable.
 */
final class MisbehaviourException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Verdict.Misbehaved verdict;

  MisbehaviourException(Verdict.Fault fault, String detail) {
    super(detail);
    this.verdict = new Verdict.Misbehaved(fault, detail);
  }

  Verdict.Misbehaved verdict() {
    return verdict;
  }
}
