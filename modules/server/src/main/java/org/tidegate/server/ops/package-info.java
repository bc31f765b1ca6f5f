/** What operators see and set, for all transports: metrics, the access log, request ids, certificates and tokens. */
package org.tidegate.server.ops;
