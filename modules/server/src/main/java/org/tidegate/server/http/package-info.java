/** The protocol over HTTP. */
package org.tidegate.server.http;
