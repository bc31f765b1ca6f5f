/** What the server does, without a transport. */
package org.tidegate.server.service;
