/**
 * JSON objects, read strictly: {@link org.tidegate.json.JsonObject} holds what model files, run logs and the command line's answers are
 * made of; {@link org.tidegate.json.JsonReader} reads objects that are too large to hold.
 *
 * <p>Nothing here knows of models.
 */
package org.tidegate.json;
