/** The models that are served: one room for each kind, and the folder that they come from. */
package org.tidegate.server.model;
