// SPDX-License-Identifier: Apache-2.0
// The table of commands. Help, completion and the man pages come from here.
#include <array>

#include "cli/cmd.h"

namespace vmplan::cli {
namespace {

const Option kPlatform = {"platform", 0, "P", "a named platform, a platform file, or host"};
const Option kProfile = {
    "profile", 0, "NAME",
    "the lab that holds this profile; of the user or the system: a lab of one"};
const Option kJobs = {"jobs", 'j', "N", "threads or nodes at once (default: processors)"};
const Option kYes = {"yes", 'y', "", "do not ask"};
const Option kDryRun = {"dry-run", 'n', "", "say what would be done and touch nothing"};
const Option kLocked = {"locked", 0, "", "fail when the lock file would change"};

}  // namespace

std::span<const Command> commands() {
  static const std::vector<Command> kCommands = {
      {"build",
       "[PATH] [options]",
       "compile a lab into a plan and write its lock file",
       "Compiles the lab in PATH (a directory, a profile, or the nearest lab above the current "
       "directory). Starts no\n"
       "program and touches no machine.",
       "  vmplan build\n  vmplan build labs/shop --locked\n  vmplan build --profile dev\n  vmplan "
       "build -o "
       "plan.json --dry-run "
       "--explain",
       {{"output", 'o', "FILE",
         "also write the plan file; - is standard output, and a pipe or device is written into"},
        kProfile,
        kPlatform,
        kLocked,
        kDryRun,
        {"explain", 0, "", "say why each changed node changed"},
        kJobs},
       cmd_build},
      {"validate",
       "[PATH] [options]",
       "check a lab or profile and show everything that is wrong",
       "Shows every independent finding with its place and what to do. Writes nothing.",
       "  vmplan validate\n  vmplan validate web.toml --format json",
       {kProfile, kPlatform},
       cmd_validate},
      {"fmt",
       "[PATH...] [--check]",
       "format profiles and vmplan.toml",
       "PATH is a file, or a lab directory with its vmplan.toml and all profiles; without one, the "
       "nearest lab. Keeps\n"
       "every comment and never changes what a file says. Prints the names of the files that it "
       "wrote. With - it reads\n"
       "standard input and writes standard output, as editors want it.",
       "  vmplan fmt\n  vmplan fmt --check labs/shop labs/blog\n  vmplan fmt profiles/web.toml\n  "
       "vmplan fmt - < web.toml",
       {{"check", 0, "",
         "write nothing; print what would change, and exit with 1 if anything would"}},
       cmd_fmt},
      {"migrate",
       "[PATH...] [--write]",
       "bring files of an older schema version to the current one",
       "Shows what would change as a unified diff and writes nothing. With --write each file is "
       "first kept as\n"
       "FILE.v0.bak (the number is the old version), then replaced. PATH is as for fmt.",
       "  vmplan migrate\n  vmplan migrate profiles/web.toml --write\n  vmplan migrate labs/shop | "
       "less",
       {{"write", 'w', "", "write the files, each after a backup"},
        {"allow-loss", 0, "", "also make changes that lose what a file says"}},
       cmd_migrate},
      {"canon",
       "PROFILE | --node ID [PATH]",
       "print the bytes that are hashed",
       "Prints the canonical TOML of a profile, whose SHA-256 is its profile_hash; or the two "
       "documents of a node, whose\n"
       "SHA-256 are its own and key digests.",
       "  vmplan canon web | sha256sum\n  vmplan canon --node vm/web",
       {{"node", 0, "ID", "print the documents of this node"}, kProfile, kPlatform},
       cmd_canon},
      {"show",
       "[TARGET...] [PATH]",
       "list the nodes of the plan, show some, or show a whole profile",
       "Without TARGET: the nodes. A machine's name: its profile with every value it comes down "
       "to, "
       "and where each comes\n"
       "from. A node id or a glob: nodes with all they will run.",
       "  vmplan show\n  vmplan show web\n  vmplan show vm/web\n  vmplan show 'disk/*'",
       {kProfile, kPlatform},
       cmd_show},
      {"explain",
       "ID | CODE",
       "say why a node would change, or what a diagnostic code means",
       "Compares the documents that are hashed, as applied and as planned now; it never guesses.",
       "  vmplan explain vm/web\n  vmplan explain VP0302",
       {kProfile, kPlatform},
       cmd_explain},
      {"graph",
       "[PATH] [--format dot|json]",
       "print the plan as a graph",
       "Arrows lead from a node to what it rests on.",
       "  vmplan graph | dot -Tsvg > plan.svg",
       {kProfile, kPlatform},
       cmd_graph,
       {"dot", "json"}},
      {"apply",
       "[PATH] [TARGET...] [options]",
       "bring the machines to what the profiles say",
       "Builds, shows what would change, asks, and runs exactly that. With targets, works on them "
       "and what they rest\n"
       "on, and destroys nothing outside them.",
       "  vmplan apply\n  vmplan apply web --yes\n  vmplan apply --dry-run --argv",
       {kYes,
        kDryRun,
        kJobs,
        {"keep-going", 'k', "", "after a failure go on with what does not rest on it"},
        {"argv", 0, "", "show the words of command lines that change"},
        kLocked,
        kProfile,
        kPlatform},
       cmd_apply},
      {"status",
       "[PATH] [TARGET...]",
       "show the machines as they are now",
       "Takes no lock and changes nothing.",
       "  vmplan status\n  vmplan status --format json",
       {kProfile},
       cmd_status},
      {"console",
       "VM [--follow]",
       "show a machine's console",
       "Prints what the guest wrote to its serial console. Sends nothing to the guest. Control "
       "sequences other than\n"
       "colours are left out, also in a pipe: the guest must not steer a terminal. Every byte is "
       "in "
       "the log file, which\n"
       "`vmplan show VM` names (serial.logfile).",
       "  vmplan console web --follow",
       {{"follow", 'f', "", "go on until the machine ends"}, kProfile},
       cmd_console},
      {"destroy",
       "[PATH] [TARGET...] [options]",
       "stop machines and forget them; disks are kept",
       "Runs the stored rollback of what is applied, dependants first. Disks stay unless --disks "
       "is given. Asks for the\n"
       "lab's name.",
       "  vmplan destroy web\n  vmplan destroy --yes\n  vmplan destroy --disks",
       {kYes, {"disks", 0, "", "also delete the disks, and all data on them"}, kJobs, kProfile},
       cmd_destroy},
      {"platform",
       "list | show NAME | probe",
       "show the platforms that plans are made for",
       "A platform is everything about a host that may influence a plan. Named platforms never "
       "change.",
       "  vmplan platform list\n  vmplan platform show linux-x86_64-tcg",
       {},
       cmd_platform},
      {"schema",
       "[NAME]",
       "print the JSON Schema of a file or an output",
       "Profiles and vmplan.toml for editors (draft 4, `#:schema FILE` in a TOML file); platform "
       "and plan files, and "
       "what\nbuild, validate, status, apply and destroy print with --format json. Without a name: "
       "the list.",
       "  vmplan schema\n  vmplan schema profile > profile.schema.json",
       {},
       cmd_schema},
      {"step",
       "NAME ARGS...",
       "run one of vmplan's own steps by hand",
       "The steps that plans hold as `vmplan step ...`. The current directory is the lab root. "
       "Without a name: the list.",
       "  vmplan step verify images/vmlinuz sha256:...",
       {{"state-dir", 0, "DIR", "where the lab's state is (default .vmplan)"}},
       cmd_step},
      {"version",
       "",
       "print the version",
       "Prints the version of vmplan.",
       "  vmplan version --format json",
       {},
       cmd_version},
      {"help",
       "[COMMAND]",
       "show this list, or help for one command",
       "Shows options and examples of a command.",
       "  vmplan help apply",
       {},
       cmd_help},
  };
  return kCommands;
}

}  // namespace vmplan::cli
