/** From scores to choices: how the next token is drawn from a model's logits. */
package org.tidegate.decode;
