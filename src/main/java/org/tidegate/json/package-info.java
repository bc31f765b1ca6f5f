/**
 * JSON objects, read strictly: {@link org.tidegate.json.JsonObject} is what model files, run logs and the command line's answers are
 * made of.
 *
 * <p>Nothing here knows of models. This is the only package that sees the JSON parser.
 */
package org.tidegate.json;
