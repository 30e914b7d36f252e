/** Tapes that can be watched: a page that steps through values and gradients. */
package org.tapegrad.explain;
