/**
 * JSON objects, read strictly: {@link org.tidegate.json.JsonObject} holds what model files, run logs and the command line's answers are
 * made of; {@link org.tidegate.json.JsonReader} reads objects that are too large to hold.
 *
 * <p>Nothing here knows of models. This is the only package that sees the JSON parser.
 */
package org.tidegate.json;
