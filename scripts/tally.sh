# shellcheck shell=bash
# Counts tests over several suites. Sourced by verify. A tally is a file of tab-separated lines:
# passed|failed|skipped, how many, name, reason.

# tally_start FILE
tally_start() {
  tally_file=$1
  : >"$tally_file"
}

tally_add() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4//[$'\t\n']/ }" >>"$tally_file"; }

# tally_passed NAME; tally_failed NAME REASON; tally_skipped NAME REASON
tally_passed() { tally_add passed 1 "$1" ''; }
tally_failed() { tally_add failed 1 "$1" "$2"; }
tally_skipped() { tally_add skipped 1 "$1" "$2"; }

# tally_reports FILE...: surefire's XML reports; files that do not exist are passed over.
tally_reports() {
  local report
  for report in "$@"; do
    [ -e "$report" ] || continue
    # One element a line; a test case is settled by what stands before the next one.
    sed 's/></>\n</g' "$report" | awk -v OFS='\t' '
      function attribute(line, name,   at) {
        at = index(line, " " name "=\"")
        if (!at) return ""
        line = substr(line, at + length(name) + 3)
        return substr(line, 1, index(line, "\"") - 1)
      }
      function plain(text) {
        gsub(/&#10;|&#9;/, " ", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text)
        gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text)
        return substr(text, 1, 300)
      }
      function settle() { if (name != "") print kind, 1, name, plain(reason); name = "" }
      # A retried failure that passed in the end is a flake and counts as a failure.
      /^[ \t]*<testcase / {
        settle()
        class = attribute($0, "classname"); sub(/.*\./, "", class)
        name = plain(class "#" attribute($0, "name")); kind = "passed"; reason = ""
      }
      /^[ \t]*<(failure|error|flakyFailure|flakyError)[ >]/ { kind = "failed"; reason = attribute($0, "message") }
      /^[ \t]*<skipped/ { kind = "skipped"; reason = attribute($0, "message") }
      END { settle() }' >>"$tally_file"
  done
}

# tally_line NAME LOG: a suite that counts itself and ends its log with the one line.
tally_line() {
  local last
  last=$(tail -n 1 "$2")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    tally_add passed "${BASH_REMATCH[1]}" "$1" ''
    tally_add failed "${BASH_REMATCH[2]}" "$1" "see $2"
    tally_add skipped "${BASH_REMATCH[3]}" "$1" "named in $2"
  else
    tally_failed "$1" "did not end with its counts (log: $2)"
  fi
}

# tally_print: names what was skipped and what failed, then the one line. Fails when a test failed or
# none passed.
tally_print() {
  awk -F '\t' '
    { count[$1] += $2 }
    $1 != "passed" && $2 > 0 { printf "%s: %s%s%s\n", $1, $3, ($2 > 1 ? " (" $2 ")" : ""), ($4 == "" ? "" : ": " $4) }
    END {
      printf "%d passed, %d failed, %d skipped\n", count["passed"], count["failed"], count["skipped"]
      exit (count["failed"] > 0 || count["passed"] == 0)
    }' "$tally_file"
}
