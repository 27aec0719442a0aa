package dev.firebuild.worker.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;

/** The IPv4 addresses of a host, which may change at any time. */
@FunctionalInterface
public interface HostAddresses {
  /** Those of this host. */
  HostAddresses OF_THIS =
      () ->
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(Inet4Address.class::isInstance)
              .map(InetAddress::getHostAddress)
              .sorted()
              .toList();

  /** Of a host all of whose addresses may be reached. */
  HostAddresses NONE = List::of;

  /** All of them, sorted. */
  List<String> now() throws IOException;
}
