// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/diagnostic_codes.h"

#include "compiler/base/diagnostic_reference.h"

namespace vmplan {
namespace {

constexpr Severity kError = Severity::Error;
constexpr Severity kWarning = Severity::Warning;

// In the order of the enumeration, so that a code is its own index.
constexpr CodeInfo kCodes[] = {
    {Code::TomlSyntax, "VP0101", kError, "not valid TOML",
     "The file does not follow the grammar of TOML 1.0. The place shown is where reading stopped; "
     "the mistake is there "
     "or just before it, most often a text without quotes, a quote or bracket that is not closed, "
     "or a key or table "
     "that stands twice. Nothing after it in this file was looked at, so further findings may "
     "follow when it is "
     "corrected. Other files are judged all the same."},
    {Code::NotUtf8, "VP0102", kError, "not UTF-8",
     "TOML files are UTF-8, and vmplan hashes what it reads, so another encoding cannot be "
     "guessed. The first byte that "
     "breaks the encoding is shown. Save the file in UTF-8; a byte order mark is accepted and "
     "means nothing."},
    {Code::FileTooLarge, "VP0103", kError, "file too large",
     "A profile is a page of text. Files of more than 4 MiB are refused before they are parsed, "
     "since they are "
     "almost certainly disk images or logs that were named by mistake."},
    {Code::KeyTooManyParts, "VP0104", kError, "key of too many parts",
     "A dotted key has more than 64 parts. No key of the language has more than three. The limit "
     "is checked before the "
     "TOML library sees the text, because its recursion follows the dots."},
    {Code::NestedTooDeep, "VP0105", kError, "nested too deep",
     "Arrays and inline tables are nested more than 64 deep. No field of the language needs more "
     "than two. The limit is "
     "checked before the TOML library sees the text, because its recursion follows the brackets."},

    {Code::FileNotReadable, "VP0201", kError, "file cannot be read",
     "A file that belongs to the lab could not be read: it does not exist, is a directory, a pipe "
     "or a device, leads out "
     "of the lab through a symbolic link, or may not be read by you. Of a lab, vmplan reads "
     "regular files below its directory only. A profile, and the directory of profiles, that "
     "`[lab] profiles` names must "
     "be "
     "there, since apply destroys machines whose profile is gone. The name of a profile is UTF-8 "
     "without control characters."},
    {Code::NoLabHere, "VP0202", kError, "no lab here",
     "A lab is a directory that holds `vmplan.toml`, a directory `profiles` with one TOML file per "
     "machine, or both. "
     "Neither was found. Name the directory with `-C DIR`, or build a single profile by naming its "
     "file."},
    {Code::NoProfiles, "VP0203", kError, "no profiles",
     "The lab was found, and no file matches its profile patterns (`[lab] profiles` in "
     "vmplan.toml, `profiles/*.toml` if "
     "it says nothing). Hidden files are skipped and subdirectories are not searched. A lab "
     "without machines "
     "would destroy all that is applied, so this is an error and not an empty plan."},
    {Code::BadProfilePattern, "VP0204", kError, "bad profile pattern",
     "An entry of `[lab] profiles` names literal directories below the lab and ends in one file "
     "pattern, in which `*` "
     "and `?` stand for other characters: `profiles/*.toml`, `db/profile.toml`. It ends in `.toml` "
     "and does not leave "
     "the lab."},
    {Code::InputMissing, "VP0205", kError, "input file missing",
     "The plan rests on the content of this file (a kernel, an initrd, or an image without "
     "`sha256`), so the file is "
     "hashed when the lab is built, and it could not be read. Put it in place. An image can be "
     "pinned "
     "instead: with `sha256` in vmplan.toml the lab is built without reading a byte of it, and the "
     "file is verified before "
     "a machine starts."},

    {Code::ExtendsCircle, "VP0206", kError, "files build on each other in a circle",
     "`extends` names the file that a profile builds on, and following it leads back to where it "
     "started, or through more than 16 files. The notes show the way. A template is an ordinary "
     "TOML file that need not be a whole profile; one that several profiles share should not build "
     "on any of them."},

    {Code::ProfileNotFound, "VP0207", kError, "no such profile",
     "A profile that is asked for by name is looked for in the lab, by the name of its machine or "
     "of its file; then in the user's profiles, `$XDG_CONFIG_HOME/vmplan/profiles` or "
     "`~/.config/vmplan/profiles`; then in the system's, `/etc/vmplan/profiles`, there by file. "
     "Hidden files are skipped and subdirectories are not searched. Check the name, or name a "
     "file."},
    {Code::ProfileHidden, "VP0208", kWarning, "profile hidden by another of its name",
     "Two places have a profile of this name: the lab comes before the user, the user before the "
     "system. The first one counts as a whole, and nothing is taken from the other. If both are "
     "wanted, rename one."},
    {Code::UnknownKey, "VP0301", kWarning, "unknown key",
     "No section of the language has this key here, so it has no effect, on no byte of the plan. "
     "It is a warning and "
     "not an error so that a file written for a newer vmplan can be read. Most often it is a "
     "misspelling, or a key that "
     "belongs to another section."},
    {Code::WrongType, "VP0302", kError, "wrong type",
     "The value is of another type than the field: texts stand in double quotes, numbers and "
     "booleans do not, lists "
     "stand in brackets, and sections that may occur several times have double brackets. Values "
     "are never converted, "
     "because `\"08\"` and `8` would then be two spellings of one thing."},
    {Code::MissingKey, "VP0303", kError, "missing key",
     "A field that has no default is absent. The fields that every profile needs are few: "
     "`schema_version`, `name` in "
     "`[vm]`, and `arch`, `cores` and `memory_mb` in `[hardware]`; every disk, interface and image "
     "needs its own few."},
    {Code::OutOfRange, "VP0304", kError, "number out of range",
     "The number is smaller or larger than the field allows. Ranges follow from what QEMU and the "
     "machine type take: "
     "`pc-q35` for example has at most 255 processors, although the language allows 256 for other "
     "machines. Some follow from several fields: x86_64 numbers its processors with whole bits for "
     "`cores` and for `threads`, and has 255 numbers; riscv64 has at most 2 NUMA nodes, other "
     "machines 128; ppc64le takes memory in blocks of 256 MiB, and under TCG one thread a core."},
    {Code::NotAChoice, "VP0305", kError, "not one of the choices",
     "The field takes one of a few words, and this is none of them. Words are written in lower "
     "case."},
    {Code::SchemaVersion, "VP0306", kError, "unknown schema version",
     "`schema_version` says which version of the language the file is written in; this vmplan "
     "reads version 1. What other "
     "keys mean in another version is not known, so nothing else in the file was judged."},
    {Code::NotBuiltYet, "VP0307", kError, "not built yet",
     "The field, section or word belongs to the language, and this version of vmplan cannot carry "
     "it out yet. It is an "
     "error, because dropping it silently would build another machine than the one described. The "
     "help says what to "
     "do meanwhile."},
    {Code::ControlCharacter, "VP0308", kError, "control character",
     "The text holds a control character. Such texts end up in command lines, logs and on "
     "terminals, where control "
     "characters do harm. Descriptions may hold line feeds and tabs; everything else is one "
     "printable line."},
    {Code::LooksSecret, "VP0309", kWarning, "looks like a secret",
     "The name of a key, or a text, looks like a password, a token or a private key. Profiles are "
     "committed, shown in reviews and hashed, so nothing in them is secret; an unknown key has no "
     "effect besides. Take it out, and change the secret if the file was shared."},
    {Code::SecretInArgv, "VP0310", kError, "secret in a command line",
     "The text becomes part of a command line, which every user of the host can see in the list of "
     "processes, and it looks like a password, a token or a private key. Give it to the guest "
     "another way, for example in a file on one of its disks."},
    {Code::MigrationConflict, "VP0311", kError, "cannot be migrated without you",
     "`vmplan migrate` found a key of an older version that it cannot carry over by itself: the "
     "key of the newer version "
     "stands there too, so that one of the two values would be lost, or the key is written in a "
     "way that cannot be moved. "
     "Decide which one is right, or write the key on a line of its own. Nothing was written."},

    {Code::NotADefault, "VP0312", kError, "not a default",
     "`[defaults]` in vmplan.toml holds sections of a profile, and every profile of the lab is "
     "laid "
     "over them. A machine's name, and the file that a profile builds on, stand in the profile "
     "itself; keys outside any section are no defaults either."},
    {Code::BadPlaceholder, "VP0313", kError, "bad placeholder",
     "In a profile with `[instances]` texts may hold placeholders: `{index}` counts the machines "
     "from 0, `{index:03}` with at least three digits, `{index+8000}` from another number, "
     "`{index+1:03}` both, and `{each}` is the machine's text of `for_each`. A number may be "
     "written as a text of one placeholder. A brace by itself is written `{{`. Nothing else may "
     "stand in braces."},
    {Code::BadInstances, "VP0314", kError, "bad instances",
     "`[instances]` makes many machines of one profile, either `count` of them or one for each "
     "text of `for_each`. The texts differ, and the machine's name holds a placeholder, since no "
     "two machines have one name."},
    {Code::BadRecipe, "VP0315", kError, "bad recipe",
     "A recipe is what vmplan runs to make an image: one `[[recipe]]` for each program, with `run` "
     "as "
     "its program and arguments. No shell reads them: a pipe or a wildcard would be a word like "
     "any "
     "other. Programs are those that vmplan knows by name, or absolute paths. `{work}`, `{out}` "
     "and "
     "`{image:NAME}` stand for paths; `{{` is a brace. An image with a recipe has neither a file "
     "nor a URL, and no recipe needs its own result."},
    {Code::BadUrl, "VP0316", kError, "bad URL",
     "`url` says where the file of an image is fetched from: `https://` or `http://`, a host, and "
     "a "
     "path. The bytes are known by `sha256`, which such an image needs: whatever the server gives, "
     "no others get into the store, so it does not matter who stands between. A user or password "
     "in "
     "a URL would be in the plan for everybody to read."},
    {Code::BadName, "VP0401", kError, "bad name",
     "Names of labs, machines, disks, interfaces and images become parts of file names, "
     "identifiers and addresses. They "
     "start with a letter or digit, continue with letters, digits, `-` and `_`, and have at most "
     "63 bytes. Letters are "
     "those of ASCII. Names of processor models may also hold dots. A lab of one file takes its "
     "name from the file, and "
     "cannot be called like one of the places below `.vmplan`."},
    {Code::DuplicateVm, "VP0402", kError, "two machines of one name",
     "Machines are told apart by their name, not by the file they are described in, and two "
     "profiles give the same one. "
     "Names that differ in capitals only count as equal, so that a lab means the same on every "
     "file system."},
    {Code::DuplicateItem, "VP0403", kError, "two items of one name",
     "Two disks or two interfaces of one machine, or two images of the lab, have the same name. "
     "Their "
     "names become parts of node names and of derived addresses, so each needs its own. Capitals "
     "do not count."},
    {Code::UnknownImage, "VP0404", kError, "unknown image",
     "A disk starts from an image that vmplan.toml does not declare. An image is declared once, as "
     "`[images.NAME]` with "
     "`path` and `format`, and used by any number of disks. A lab of one file has no vmplan.toml, "
     "and therefore no "
     "images."},
    {Code::UnknownPlatform, "VP0405", kError, "unknown platform",
     "`[lab] platform` names no platform of this version, or a file that cannot be read or holds "
     "none. A platform is everything about a host that may "
     "influence the plan: accelerators, QEMU version, machine type, names of programs. Named "
     "platforms never change: "
     "`linux-x86_64-kvm` means `linux-x86_64-kvm/1`, and other contents get another number."},
    {Code::BadDigest, "VP0406", kError, "bad digest",
     "`sha256` of an image is written as 64 lower-case hex digits, as `sha256sum` prints it, "
     "without a prefix. One digest "
     "has one spelling, so that files can be compared as text."},
    {Code::SharedDiskPath, "VP0407", kError, "disk file used twice",
     "A disk that is written to has its file to itself: two machines writing to one disk file "
     "destroy it, and a machine "
     "writing to an image changes every disk that starts from it. A file that is only read may be "
     "shared: write "
     "`readonly = true` at every disk that uses it."},
    {Code::SharedSocketPath, "VP0408", kError, "socket used twice",
     "Two sockets, or a socket and a file, have the same path. QEMU would remove what stands there "
     "and listen in its "
     "place. Sockets that are not given lie in the machine's own directory, `.vmplan/run/NAME/`, "
     "and cannot collide."},
    {Code::SharedLogPath, "VP0409", kError, "log file used twice",
     "Two machines write their output to one file, or a log would overwrite a file that something "
     "else reads. Logs that "
     "are not given lie in `logs/NAME/`, and cannot collide."},

    {Code::UnknownMachine, "VP0410", kError, "unknown machine",
     "`depends_on` names machines of the same lab, by the name in `[vm]`, and there is no such "
     "machine."},
    {Code::DependsOnCircle, "VP0411", kError, "machines wait for each other",
     "Following `depends_on` from this machine leads back to it, so that none of them could start "
     "first. The notes show the way. `depends_on` is an order only: two machines that talk to each "
     "other need no such order."},
    {Code::PlatformNotChosen, "VP0412", kError, "no platform",
     "Without `[lab] platform` or `--platform`, a lab is built for a host of its guests' "
     "architecture. This lab has guests of several architectures, so it must say which host it is "
     "for; guests of another architecture than the host's run under TCG."},

    {Code::HostPlatform, "VP0413", kWarning, "built for this host only",
     "The platform `host` is whatever the machine that builds happens to offer, so the same lab "
     "can "
     "give other bytes on another machine. What was found is recorded in the lock file. Name a "
     "platform to have the same plan everywhere."},
    {Code::UnknownNetwork, "VP0414", kError, "unknown network",
     "An interface is on a network that vmplan.toml does not declare. A network is declared once, "
     "as `[networks.NAME]` with its `mode`, and joins any number of machines. A lab of one file "
     "has no vmplan.toml, and therefore no networks."},

    {Code::PathLeavesLab, "VP0501", kError, "path leaves the lab",
     "Paths are relative to the lab's directory and stay below it, so that a lab can be moved and "
     "two checkouts give the "
     "same bytes. The only places outside that may be named are those in `[paths] allow` of "
     "vmplan.toml. The rule is "
     "checked here as text, and again on the disk just before a program is started."},
    {Code::PathShellSyntax, "VP0502", kError, "shell syntax in a path",
     "A leading `~`, a `$` and a backtick mean something to a shell. vmplan never asks one, and "
     "never looks at "
     "the environment, so they would be taken literally, which nobody expects. Write the path "
     "itself. Free text, "
     "such as the kernel's `append`, may hold them."},
    {Code::PathProtocol, "VP0503", kError, "protocol in a path",
     "QEMU reads `nbd:`, `json:`, `fat:` and the like at the start of a file name as a protocol: "
     "`fat:rw:DIR` would give the "
     "guest a directory of the host to write to. Paths name files. Other colons and commas are "
     "legal; vmplan "
     "writes them so that QEMU cannot misread them."},
    {Code::PathCharacter, "VP0504", kError, "unusable path",
     "The path is empty, holds a control character or a backslash, starts with `-` as an option "
     "does, or ends in `/` as a "
     "directory does. Directories are separated by `/`."},
    {Code::PathForbidden, "VP0505", kError, "forbidden path",
     "`/proc`, `/sys`, `/dev`, the system's password and sudo files and the usual places of "
     "credentials (`.ssh`, `.gnupg`, "
     "`.aws`, `.azure`, `.kube`, `.docker`, `.config/gcloud`) are not for guests, wherever they "
     "lie and whatever "
     "`[paths] allow` says. The root directory cannot be allowed as a whole."},
    {Code::PathReserved, "VP0506", kError, "reserved path",
     "vmplan keeps state, images and sockets below `.vmplan`, writes unfinished files as "
     "`NAME.vmplan-new`, and reads or "
     "writes `vmplan.toml`, the profiles and the lock file. A machine may use none of them. Only "
     "its sockets "
     "may lie in its own run directory."},
    {Code::SocketTooLong, "VP0507", kError, "socket path too long",
     "The system takes names of Unix sockets of at most 107 bytes (unix(7)). The path counts as it "
     "stands, relative to the "
     "lab, so the depth of the lab's own directory does not matter. Where the path is derived, the "
     "names of lab "
     "and machine are part of it."},

    {Code::SeveralBootDisks, "VP0601", kError, "several boot disks",
     "`boot = true` names the one disk that the machine boots from. The order of further disks is "
     "that of the profile, "
     "and they are not tried."},
    {Code::NothingToBoot, "VP0602", kError, "nothing to boot from",
     "A machine boots from the disk with `boot = true`, or from an enabled `[kernel]`. This one "
     "has neither, and would "
     "stop in its firmware. A single disk is not taken by guess: say that it is meant."},
    {Code::KernelIncomplete, "VP0603", kError, "kernel boot without kernel",
     "`[kernel]` is enabled and has no kernel: a file as `bzimage`, or a raw image of the lab as "
     "`image`. An initrd (`initrd` or `initrd_image`) and `append` are optional; the kernel is "
     "not."},
    {Code::KernelWithoutSerial, "VP0604", kWarning, "kernel without serial port",
     "A kernel is booted directly, and the machine has no serial port, so what the kernel says is "
     "lost; there is no "
     "graphical display either. Enable `[serial]`, and put `console=ttyS0` into `append`."},
    {Code::CpuHostUnderTcg, "VP0605", kError, "host processor without KVM",
     "The model `host` hands the host's processor through to the guest, which only KVM can do; "
     "QEMU refuses to start "
     "under TCG. When `cpu` is left out, it becomes `host` under KVM and `max` under TCG."},
    {Code::NoSuchAccelerator, "VP0606", kError, "accelerator not offered",
     "The profile demands an accelerator that the platform of the lab does not offer. With `auto` "
     "the best offered one is "
     "taken, and a fall back to TCG is a warning."},
    {Code::FellBackToTcg, "VP0607", kWarning, "fell back to TCG",
     "`acceleration = \"auto\"` became TCG, because the platform offers nothing better. The "
     "machine works and is slow. "
     "Write `acceleration = \"tcg\"` if that is meant; the warning then goes away."},
    {Code::BadHostForward, "VP0608", kError, "bad port forward",
     "A forward is written as `tcp|udp:[HOST_ADDRESS]:HOST_PORT-[GUEST_ADDRESS]:GUEST_PORT` with "
     "IPv4 addresses, for "
     "example `tcp:127.0.0.1:2222-:22`. Without a host address it is bound to 127.0.0.1 only. The "
     "text is read into its "
     "parts and written anew, because QEMU would take a comma in it as the start of another "
     "option, one that can start "
     "programs."},
    {Code::HostPortTwice, "VP0609", kError, "host port forwarded twice",
     "Two forwards of the lab take the same port of the host, and the second machine would fail to "
     "start. Ports "
     "of TCP and UDP are apart, and so are different addresses, but 0.0.0.0 takes the port of all "
     "of them."},
    {Code::NotAUserNetwork, "VP0610", kError, "forward without user network",
     "Forwarded ports are a feature of user networks. On an interface of another type `hostfwd` "
     "would have no effect, "
     "so it is refused rather than dropped."},
    {Code::BadMac, "VP0611", kError, "bad MAC address",
     "A MAC address is six pairs of hex digits with `:` between them. The lowest bit of its first "
     "byte must be zero: "
     "with it set, it is a group address, which no interface may have. An address that is left out "
     "is derived "
     "from the names of lab, instance, machine and interface, and stays the same on every build."},
    {Code::DuplicateMac, "VP0612", kError, "MAC address used twice",
     "Two interfaces of the lab have the same address, given or derived, and would disturb each "
     "other on one network. "
     "Give one of them another `mac`."},
    {Code::MemoryGranularity, "VP0613", kWarning, "odd memory size",
     "`memory_mb` is no multiple of 256. QEMU takes it; it is usually a slip, such as a size in MB "
     "instead of MiB."},
    {Code::TooManyDevices, "VP0614", kError, "too many devices",
     "A machine has at most 16 disks, 16 interfaces and 8 shares (ppc64le: 16, 8 and 4). Each has "
     "a "
     "fixed address that follows from its position in the profile, so that adding one moves no "
     "other, and there are only so many places of each kind."},
    {Code::DiskCannotBeMade, "VP0615", kError, "disk cannot be made",
     "`image` or `size_gb` ask vmplan to make the disk, and something else in the profile speaks "
     "against it: a raw file "
     "cannot refer to an image, a read-only disk would stay empty for ever, and files are made "
     "inside the lab only."},
    {Code::BadBinary, "VP0616", kError, "bad QEMU program",
     "`qemu_binary` is the bare name that vmplan knows for the architecture (such as "
     "`qemu-system-x86_64`) or an absolute path in its shortest form. Other "
     "bare names would depend on what happens to be installed, and relative paths on where a lab "
     "lies."},
    {Code::SerialConflict, "VP0617", kError, "serial port with two files",
     "With `mode = \"file\"` the output goes to one file, which `device` and `logfile` both name, "
     "and differently. With "
     "`mode = \"socket\"` they are two things: `device` is the socket, `logfile` keeps what came "
     "out of it."},
    {Code::ArchMismatch, "VP0618", kError, "architecture mismatch",
     "The platform that the lab is built for has no machine type and QEMU program for the guest's "
     "architecture. The named platforms run guests of every architecture, under TCG where it is "
     "not "
     "the host's own; a platform file can leave some out."},
    {Code::HostForwardAnyAddress, "VP0619", kWarning, "forward open to all networks",
     "A forward bound to 0.0.0.0 can be reached from every network the host is in. Bind it to "
     "127.0.0.1, which only "
     "programs of the host can reach, unless others are meant to use it."},
    {Code::BadMachineType, "VP0620", kError, "bad machine type",
     "`machine` is a machine type with its version, of the kind that the architecture's addresses "
     "are made for: `pc-q35-7.2` for x86_64, `virt-7.2` for aarch64, `pseries-7.2` for ppc64le. An "
     "alias such as `q35` means something else after every update of QEMU, and a version newer "
     "than "
     "the platform's QEMU does not exist there."},
    {Code::MachineWithoutVersion, "VP0621", kWarning, "machine type without versions",
     "QEMU's riscv64 machine `virt` has no versions, so what it looks like to the guest follows "
     "the "
     "QEMU that is installed. The plan is the same bytes everywhere all the same."},
    {Code::BadCpuFlag, "VP0622", kError, "bad processor feature",
     "An entry of `cpu_flags` is `+` or `-` and the name of a feature as QEMU knows it, for "
     "example "
     "`+aes` or `-svm`; each feature stands there once. They are written as `aes=on`, `svm=off`."},
    {Code::NumaMismatch, "VP0623", kError, "NUMA nodes do not add up",
     "The nodes of `[[hardware.numa]]` share out the processors and the memory of the machine: "
     "their `cores` add up to `sockets` x `cores` x `threads`, their `memory_mb` to that of the "
     "machine."},
    {Code::HugepageMismatch, "VP0624", kError, "memory does not fit huge pages",
     "Memory on huge pages is made of whole pages, in every NUMA node, and the platform must offer "
     "pages of that size. The host must have reserved them before the machine starts."},
    {Code::BadShare, "VP0625", kError, "bad directory share",
     "A disk of `format = \"host-path\"` is a directory of the host that the guest mounts over 9p, "
     "by the disk's name as its tag. It is no block device: it cannot boot, has no size and no "
     "image, and its tag has at most 31 bytes."},
    {Code::BadEscapeSequence, "VP0626", kError, "bad escape sequence",
     "`escape_sequence` is the key that leaves an attached console: `ctrl+` and a letter, or one "
     "of "
     "`]`, `\\`, `^`, `_`. Keys that every shell in a guest needs (`ctrl+c`, `ctrl+d`, `ctrl+z`, "
     "Enter, Tab, Backspace, Escape, `ctrl+s`, `ctrl+q`) cannot be taken away from it."},
    {Code::BadWait, "VP0627", kError, "bad readiness",
     "`wait` says when a machine counts as started: `qmp`, when QEMU answers, or `serial:TEXT`, "
     "when the guest has written TEXT to its serial port, which must then be enabled and keep a "
     "log. `boot_timeout_seconds` bounds the wait."},
    {Code::LimitExceeded, "VP0628", kError, "limit exceeded",
     "The machines of the lab together take more than `[limits]` of vmplan.toml allow. The sum "
     "counts every machine that the profiles describe, and of disks those that vmplan makes."},
    {Code::ThreadsHidden, "VP0629", kWarning, "threads that the guest does not see",
     "Under TCG x86_64's default processor `max` is one of AMD's, and cannot tell a guest which of "
     "its processors are threads of one core: all of them look like cores. A named model of "
     "Intel's, such as `Nehalem` or `Westmere`, shows them."},
    {Code::NetworkMismatch, "VP0640", kError, "interface does not fit its network",
     "The `mode` of its network says what an interface is connected to. `type` may be left out "
     "then, and where both stand they must be the same word. A `socket` is always one of a "
     "network: "
     "its machines find each other by it."},
    {Code::BadDevice, "VP0641", kError, "bad device of the host",
     "`device` names a network device that is on the host already, and that vmplan neither makes "
     "nor removes: a bridge in a network of mode `bridge` or an interface of type `bridge`, a tap "
     "in an interface of type `tap`. Nowhere else would it have an effect. Linux takes names of up "
     "to 15 bytes without `/`, `:`, `%` and white space; `.` and `..` are none."},
    {Code::DeviceTwice, "VP0642", kError, "tap used twice",
     "A tap of the host is the other end of one cable: one interface of one machine can be plugged "
     "into it, and the second machine would fail to start."},
    {Code::BadSubnet, "VP0643", kError, "bad subnet",
     "`subnet` is the first address of an IPv4 network and the length of its prefix, 8 to 30 bits: "
     "`10.20.0.0/16`. Networks of mode `user` have none: there each machine has addresses of its "
     "own, which QEMU gives it."},
    {Code::BadAddress, "VP0644", kError, "bad address",
     "`address` is one IPv4 address out of the `subnet` of the interface's network, neither the "
     "first nor the last of it, which stand for the network and for all its machines."},
    {Code::AddressTwice, "VP0645", kError, "address used twice",
     "Two interfaces of the lab have the same IPv4 address. An address that is left out is derived "
     "from the names of lab, instance, machine and interface, so that no other machine ever moves "
     "it; two may come out the same, sooner in a small subnet than in a large one. It is never "
     "moved in silence: write an `address` at one of them, or take a larger `subnet`."},

    {Code::SecretWrittenDown, "VP0701", kError, "secret written down",
     "The field is secret, so a profile says where its value is and never what it is: "
     "`{ secret = \"env:NAME\" }` for an environment variable of `vmplan apply`, "
     "`{ secret = \"file:PATH\" }` for a file that nobody else may read. Profiles are committed, "
     "and shown in reviews; a secret that stood in one is none any more."},
    {Code::BadSecretReference, "VP0702", kError, "bad reference to a secret",
     "A secret is `env:` and the name of an environment variable, or `file:` and a path that is "
     "absolute or stays in the lab. `version` is any text: give another one when the secret has "
     "changed, so that reviews see it and apply takes the new one."},
    {Code::BadGuestSetting, "VP0703", kError, "bad setting of a guest",
     "A host name is letters, digits and inner hyphens, in parts of at most 63 bytes that dots "
     "join (RFC 1123). Packages, time zone and locale are names as the guest knows them. "
     "cloud-init "
     "would find such a mistake in a guest that is running already, or pass over it."},
    {Code::BadGuestUser, "VP0704", kError, "bad account",
     "Names of accounts and groups are small letters, digits, `_` and `-`, beginning with a letter "
     "or `_`, of at most 32 bytes. A shell is an absolute path."},
    {Code::BadSshKey, "VP0705", kError, "bad key",
     "A key is a line as in a `.pub` file: the type, the key in base64, and a comment if you like. "
     "The key itself begins with its type, so a line that lost a part is found. Options before the "
     "type are not taken. The file without `.pub` holds the private key and belongs into no "
     "profile."},
    {Code::BadGuestFile, "VP0706", kError, "bad file of a guest",
     "A file that the guest writes has an absolute path without `.`, `..` and doubled slashes, a "
     "mode of four octal digits such as `0644`, and an owner `USER` or `USER:GROUP`."},
    {Code::SeedConflict, "VP0707", kError, "key beside a file that takes its place",
     "`user_data`, `meta_data` and `network_config_file` name files of yours that go into the seed "
     "as they are. What vmplan would have written into such a file has no effect then, so it may "
     "not stand in the profile."},
    {Code::BadUserData, "VP0708", kError, "no user data",
     "cloud-init tells by the first line what user data is, and passes over what it does not know. "
     "A file begins with `#cloud-config` for settings in YAML, `#!` for a script, or another of "
     "cloud-init's headers (`#include`, `#cloud-boothook`, `#part-handler`, `## template: jinja`, "
     "`Content-Type:` or `MIME-Version:` for several parts, or gzip of one of them)."},
};

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo& info(Code code) { return kCodes[static_cast<std::size_t>(code)]; }

std::optional<Code> find_code(std::string_view id) {
  for (const CodeInfo& code : kCodes)
    if (code.id == id) return code.code;
  return std::nullopt;
}

std::string diagnostics_reference() {
  std::string out =
      "<!-- Generated from compiler/base/diagnostic_codes.cc; a test compares. Do not edit. -->\n"
      "# Diagnostics\n\n"
      "Every finding about the input has a code. A released code keeps its number and meaning for "
      "ever.\n"
      "`vmplan explain CODE` prints the same paragraph.\n";
  for (const CodeInfo& code : kCodes) {
    out.append("\n## ").append(code.id).append(": ").append(code.title);
    out.append(code.severity == Severity::Error ? " (error)" : " (warning)").append("\n\n");
    out.append(code.explanation).append("\n");
  }
  return out;
}

}  // namespace vmplan
