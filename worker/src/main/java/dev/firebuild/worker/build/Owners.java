package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.Owner;
import dev.firebuild.worker.build.GuestFiles.RefusedException;
import java.io.IOException;
import java.util.Optional;

/** Who gets the files of a step. */
final class Owners {
  private static final int DIGITS = 10;

  private Owners() {}

  /** The numbers of {@code owner}, if they are known without the image. */
  static Optional<InputDrive.Ids> numbers(Owner owner) {
    if (!owner.numeric()
        || owner.user().length() > DIGITS
        || owner.group().orElse("").length() > DIGITS) {
      return Optional.empty();
    }
    long uid = Long.parseLong(owner.user());
    return Optional.of(new InputDrive.Ids(uid, owner.group().map(Long::parseLong).orElse(uid)));
  }

  /** {@code uid:gid} for the guest's script; empty if the owner is not changed. */
  static String inGuest(GuestFiles files, Optional<Owner> owner)
      throws IOException, RefusedException {
    if (owner.isEmpty()) {
      return "";
    }
    Optional<InputDrive.Ids> numbers = numbers(owner.get());
    return numbers.isPresent()
        ? numbers.get().toString()
        : files.owner(owner.get().user(), owner.get().group().orElse(""));
  }
}
