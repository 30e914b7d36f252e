package org.tapegrad.examples.style;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sum over a step's images, numbered from 0, in a binary tree whose shape depends on the
 * numbers alone: two neighbours are added as soon as both are there, then pairs of pairs, then the
 * rest from left to right. So the sum has the same bits in whatever order, on however many machines
 * its parts were computed, and no more of them are kept than the logarithm of the number of images.
 */
public final class TreeSum implements Serializable {
  private static final long serialVersionUID = 1;

  /** By its first image, the sum over 2^level images. */
  private record Node(int level, Contribution sum) implements Serializable {}

  private final TreeMap<Integer, Node> nodes = new TreeMap<>();

  /** Adds what one image gives; once for each image. */
  public void add(int image, Contribution contribution) {
    add(image, new Node(0, contribution));
  }

  /** Adds what another sum, of other images, holds. */
  public void addAll(TreeSum other) {
    other.nodes.forEach(this::add);
  }

  private void add(int image, Node added) {
    int first = image;
    Node node = added;
    while (true) {
      int sibling = first ^ 1 << node.level;
      Node other = nodes.get(sibling);
      if (other == null || other.level != node.level) {
        break;
      }
      nodes.remove(sibling);
      Node left = sibling < first ? other : node;
      Node right = sibling < first ? node : other;
      node = new Node(left.level + 1, left.sum.plus(right.sum));
      first = Math.min(first, sibling);
    }
    nodes.put(first, node);
  }

  /**
   * The sum over the images 0 to count - 1.
   *
   * @throws IllegalStateException if one is missing, or there are others
   */
  public Contribution total(int count) {
    Contribution total = null;
    int next = 0;
    for (Map.Entry<Integer, Node> entry : nodes.entrySet()) {
      if (entry.getKey() != next) {
        break;
      }
      Contribution sum = entry.getValue().sum;
      total = total == null ? sum : total.plus(sum);
      next += 1 << entry.getValue().level;
    }
    if (total == null || next != count || nodes.lastKey() >= count) {
      throw new IllegalStateException(
          "sum: needs the images 0 to %d, has %s".formatted(count - 1, nodes.keySet()));
    }
    return total;
  }
}
