package dev.firebuild.dockerfile.check;

/**
 * The build checks, by the names under which a file can skip them.
 *
 * @see <a href="https://docs.docker.com/reference/build-checks/">Build checks</a>
 */
public enum CheckRule {
  STAGE_NAME_CASING("StageNameCasing"),
  FROM_AS_CASING("FromAsCasing"),
  NO_EMPTY_CONTINUATION("NoEmptyContinuation"),
  CONSISTENT_INSTRUCTION_CASING("ConsistentInstructionCasing"),
  DUPLICATE_STAGE_NAME("DuplicateStageName"),
  RESERVED_STAGE_NAME("ReservedStageName"),
  JSON_ARGS_RECOMMENDED("JSONArgsRecommended"),
  MAINTAINER_DEPRECATED("MaintainerDeprecated"),
  WORKDIR_RELATIVE_PATH("WorkdirRelativePath"),
  UNDEFINED_VAR("UndefinedVar"),
  MULTIPLE_INSTRUCTIONS_DISALLOWED("MultipleInstructionsDisallowed"),
  LEGACY_KEY_VALUE_FORMAT("LegacyKeyValueFormat"),
  SECRETS_USED_IN_ARG_OR_ENV("SecretsUsedInArgOrEnv"),
  FROM_PLATFORM_FLAG_CONST_DISALLOWED("FromPlatformFlagConstDisallowed"),
  EXPOSE_PROTO_CASING("ExposeProtoCasing"),
  EXPOSE_INVALID_FORMAT("ExposeInvalidFormat");

  private final String title;

  CheckRule(String title) {
    this.title = title;
  }

  /** The name that people know. */
  public String title() {
    return title;
  }
}
