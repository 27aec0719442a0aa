# Finds out what USER_SPEC ("user", "uid", "user:group" …) means in an image, as Docker does.
# Reads the lines of the image's /etc/passwd, each after "P:", and of /etc/group, each after "G:".
# Prints "UID GID GROUPS HOME", or "! " and what is wrong. Numbers need no entry in the files.

function is_number(text) { return text ~ /^[0-9]+$/ }

function wrong(message) {
  if (!failed) print "! " message
  failed = 1
  exit
}

function in_range(number) {
  if (length(number) > 10 || number + 0 > 2147483647)
    wrong("uids and gids must be in range 0-2147483647")
  return number + 0
}

BEGIN {
  FS = ":"
  spec = ENVIRON["USER_SPEC"]
  colon = index(spec, ":")
  user = colon ? substr(spec, 1, colon - 1) : spec
  group = colon ? substr(spec, colon + 1) : ""
  if (user == "") user = "0"
}

$1 == "P" && NF >= 7 && !((0 + $4) in home_of) && is_number($4) { home_of[0 + $4] = $7 }

$1 == "P" && NF >= 5 && name == "" && $2 != "" &&
    (is_number(user) ? is_number($4) && $4 + 0 == user + 0 : $2 == user) {
  name = $2
  uid = $4 + 0
  gid = $5 + 0
}

$1 == "G" && NF >= 4 {
  count++
  group_name[count] = $2
  group_id[count] = $4 + 0
  group_members[count] = "," $5 ","
}

END {
  if (failed) exit
  if (name == "") {
    if (!is_number(user)) wrong("unable to find user " user ": no matching entries in passwd file")
    if (!failed) uid = in_range(user)
    gid = 0
  }
  if (failed) exit
  if (group != "") {
    gid = is_number(group) ? in_range(group) : -1
    if (failed) exit
    for (i = 1; i <= count && gid < 0; i++) if (group_name[i] == group) gid = group_id[i]
    if (gid < 0) {
      wrong("unable to find group " group ": no matching entries in group file")
      exit
    }
    groups = gid
  } else {
    groups = gid
    for (i = 1; i <= count; i++)
      if (name != "" && index(group_members[i], "," name ",") && group_id[i] != gid)
        groups = groups "," group_id[i]
  }
  home = (uid in home_of) && home_of[uid] != "" ? home_of[uid] : "/"
  print uid, gid, groups, home
}
