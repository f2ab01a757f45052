// SPDX-License-Identifier: Apache-2.0
// Rows of `[cloud_init]` and of what is repeated in it.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Choice kNetworkConfigs[] = {{"auto"}, {"none"}};

constexpr Field<CloudInitSection> kCloudInitFields[] = {
    {{.name = "hostname", .doc = "name of the guest", .absent = "`vm.name`"},
     &CloudInitSection::hostname},
    {{.name = "timezone", .doc = "such as `Europe/Berlin`", .absent = "the guest's own"},
     &CloudInitSection::timezone},
    {{.name = "locale", .doc = "such as `en_US.UTF-8`", .absent = "the guest's own"},
     &CloudInitSection::locale},
    {{.name = "packages", .doc = "what the guest installs", .fallback = EmptyList{}},
     &CloudInitSection::packages},
    {{.name = "runcmd",
      .doc = "command lines that the guest's shell runs on its first boot",
      .fallback = EmptyList{}},
     &CloudInitSection::runcmd},
    {{.name = "network_config",
      .doc = "`auto`: each card of a user network takes an address by DHCP; `none`: the guest does "
             "as it likes",
      .fallback = std::string_view("auto"),
      .choices = kNetworkConfigs},
     &CloudInitSection::network_config},
    {{.name = "user_data",
      .doc = "a file of yours, in place of all keys above but `hostname` and `network_config`, and "
             "of users and files",
      .path = PathRole::SeedFile},
     &CloudInitSection::user_data},
    {{.name = "meta_data",
      .doc = "a file of yours, in place of `hostname`",
      .absent = "made, with an instance id that follows from the rest",
      .path = PathRole::SeedFile},
     &CloudInitSection::meta_data},
    {{.name = "network_config_file",
      .doc = "a file of yours, in place of `network_config`",
      .path = PathRole::SeedFile},
     &CloudInitSection::network_config_file},
};

constexpr Field<GuestUserSection> kUserFields[] = {
    {{.name = "name", .doc = "name of the account", .required = true}, &GuestUserSection::name},
    {{.name = "ssh_authorized_keys",
      .doc = "keys that may log in, as lines of `authorized_keys`",
      .fallback = EmptyList{}},
     &GuestUserSection::ssh_authorized_keys},
    {{.name = "password",
      .doc = "where the password is: `{ secret = \"env:NAME\", version = \"2\" }` or `{ secret = "
             "\"file:PATH\" }`",
      .absent = "no login by password",
      .sensitive = true},
     &GuestUserSection::password},
    {{.name = "sudo",
      .doc = "rule for sudo, such as `ALL=(ALL) NOPASSWD:ALL`",
      .fallback = std::string_view("")},
     &GuestUserSection::sudo},
    {{.name = "shell", .doc = "path of the shell in the guest", .absent = "the guest's own"},
     &GuestUserSection::shell},
    {{.name = "groups", .doc = "further groups of the account", .fallback = EmptyList{}},
     &GuestUserSection::groups},
};

constexpr Field<GuestFileSection> kFileFields[] = {
    {{.name = "path", .doc = "where in the guest the file lies", .required = true},
     &GuestFileSection::path},
    {{.name = "content",
      .doc = "all of the file",
      .fallback = std::string_view(""),
      .many_lines = true},
     &GuestFileSection::content},
    {{.name = "permissions",
      .doc = "its mode, four octal digits",
      .fallback = std::string_view("0644")},
     &GuestFileSection::permissions},
    {{.name = "owner",
      .doc = "whom it belongs to: `USER` or `USER:GROUP`",
      .fallback = std::string_view("root:root")},
     &GuestFileSection::owner},
};

}  // namespace

template <>
const SectionTable<CloudInitSection>& section_table() {
  static constexpr SectionTable<CloudInitSection> kTable{
      {.path = "cloud_init",
       .doc = "what the guest's cloud-init does on its first boot; where the section stands, the "
              "machine gets a disk with it (a NoCloud seed)",
       .by_presence = true},
      kCloudInitFields};
  return kTable;
}

template <>
const SectionTable<GuestUserSection>& section_table() {
  static constexpr SectionTable<GuestUserSection> kTable{
      {.path = "cloud_init.users",
       .shape = SectionShape::TableArray,
       .doc = "accounts of the guest; where there are any, the image's usual one is not made"},
      kUserFields};
  return kTable;
}

template <>
const SectionTable<GuestFileSection>& section_table() {
  static constexpr SectionTable<GuestFileSection> kTable{{.path = "cloud_init.write_files",
                                                          .shape = SectionShape::TableArray,
                                                          .doc = "files that the guest writes"},
                                                         kFileFields};
  return kTable;
}

}  // namespace vmplan::model
