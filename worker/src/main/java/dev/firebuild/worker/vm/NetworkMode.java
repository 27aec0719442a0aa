package dev.firebuild.worker.vm;

/** What a guest reaches, and how. */
public enum NetworkMode {
  /** The outside world through slirp4netns, filtered; published ports lead in. */
  USER,
  /** The same through a network of the host, as CNI plugins make it; other guests, too. */
  CNI,
  /** Nothing. The worker's own SSH session still reaches the guest. */
  NONE
}
