// SPDX-License-Identifier: Apache-2.0
// The closed list of diagnostic codes. A released code keeps its number and meaning for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vmplan {

enum class Severity : std::uint8_t { Warning, Error };

enum class Code : std::uint16_t {
  // VP01xx: the text of a file
  TomlSyntax,
  NotUtf8,
  FileTooLarge,
  KeyTooManyParts,
  NestedTooDeep,
  // VP02xx: files of a lab
  FileNotReadable,
  NoLabHere,
  NoProfiles,
  BadProfilePattern,
  InputMissing,
  ExtendsCircle,
  ProfileNotFound,
  ProfileHidden,
  // VP03xx: keys and values
  UnknownKey,
  WrongType,
  MissingKey,
  OutOfRange,
  NotAChoice,
  SchemaVersion,
  NotBuiltYet,
  ControlCharacter,
  LooksSecret,
  SecretInArgv,
  MigrationConflict,
  NotADefault,
  BadPlaceholder,
  BadInstances,
  BadRecipe,
  BadUrl,
  // VP04xx: names and references
  BadName,
  DuplicateVm,
  DuplicateItem,
  UnknownImage,
  UnknownPlatform,
  BadDigest,
  SharedDiskPath,
  SharedSocketPath,
  SharedLogPath,
  UnknownMachine,
  DependsOnCircle,
  PlatformNotChosen,
  HostPlatform,
  UnknownNetwork,
  // VP05xx: paths
  PathLeavesLab,
  PathShellSyntax,
  PathProtocol,
  PathCharacter,
  PathForbidden,
  PathReserved,
  SocketTooLong,
  // VP06xx: rules between fields
  SeveralBootDisks,
  NothingToBoot,
  KernelIncomplete,
  KernelWithoutSerial,
  CpuHostUnderTcg,
  NoSuchAccelerator,
  FellBackToTcg,
  BadHostForward,
  HostPortTwice,
  NotAUserNetwork,
  BadMac,
  DuplicateMac,
  MemoryGranularity,
  TooManyDevices,
  DiskCannotBeMade,
  BadBinary,
  SerialConflict,
  ArchMismatch,
  HostForwardAnyAddress,
  BadMachineType,
  MachineWithoutVersion,
  BadCpuFlag,
  NumaMismatch,
  HugepageMismatch,
  BadShare,
  BadEscapeSequence,
  BadWait,
  LimitExceeded,
  ThreadsHidden,
  NetworkMismatch,
  BadDevice,
  DeviceTwice,
  BadSubnet,
  BadAddress,
  AddressTwice,
  // VP07xx: what a guest is told on its first boot
  SecretWrittenDown,
  BadSecretReference,
  BadGuestSetting,
  BadGuestUser,
  BadSshKey,
  BadGuestFile,
  SeedConflict,
  BadUserData,
};

/// What is fixed about a code.
struct CodeInfo {
  Code code;
  /// Stable text form, e.g. "VP0302".
  std::string_view id;
  Severity severity;
  /// A heading of a few words.
  std::string_view title;
  /// One paragraph for `vmplan explain CODE` and docs/diagnostics.md: what it means, why it is so,
  /// what to do.
  std::string_view explanation;
};

/// All codes, ordered by id.
std::span<const CodeInfo> all_codes();
const CodeInfo& info(Code code);
/// Looks a code up by its text form.
std::optional<Code> find_code(std::string_view id);

}  // namespace vmplan
