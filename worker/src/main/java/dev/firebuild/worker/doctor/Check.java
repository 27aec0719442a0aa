package dev.firebuild.worker.doctor;

import java.util.regex.Pattern;

/**
 * One thing that is looked at.
 *
 * @param id stays the same in all versions
 * @param title what should be so
 */
record Check(String id, Group group, String title, Source source, Probe probe) {
  private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

  Check {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id of a check: " + id);
    }
  }

  /** What this check finds on {@code host}; whatever it throws is its result. */
  Result on(Host host) {
    try {
      return result(probe.look(host));
    } catch (UnknownException e) {
      return result(Finding.skip(e.reason()));
    } catch (RuntimeException e) {
      return broken(e.toString());
    }
  }

  /** The result of a check that itself failed. */
  Result broken(String reason) {
    return result(
        Finding.fail(
            "the check itself is broken: " + reason,
            "report it, with the output of: firebuild doctor --format json"));
  }

  private Result result(Finding finding) {
    return new Result(
        id, group, title, finding.status(), finding.found(), finding.remedy(), source.address());
  }
}
