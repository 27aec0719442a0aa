package dev.firebuild.cli.node;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import org.slf4j.LoggerFactory;

/** Processes that stay log to standard error; commands are silent. */
final class NodeLogging {
  private NodeLogging() {}

  static void configure() {
    URL configuration = NodeLogging.class.getResource("logback-node.xml");
    if (configuration == null
        || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException("the distribution is incomplete: no logback-node.xml");
    }
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(configuration);
    } catch (JoranException e) {
      throw new IllegalStateException("logback-node.xml", e);
    }
  }
}
