// SPDX-License-Identifier: Apache-2.0
// Rows of `[[storage.disks]]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Choice kDiskFormats[] = {{"qcow2"}, {"raw"}, {"vdi"}, {"vmdk"}, {"host-path"}};
constexpr std::string_view kVirtioOnly = "leave it out: disks are attached as virtio-blk";

constexpr Field<DiskSection> kDiskFields[] = {
    {{.name = "name",
      .doc = "name of the disk, unique in the profile",
      .required = true,
      .effect = Effect::Replace},
     &DiskSection::name},
    {{.name = "path",
      .doc = "the disk's file, or the shared directory",
      .required = true,
      .path = PathRole::DiskFile,
      .effect = Effect::Replace},
     &DiskSection::path},
    {{.name = "format",
      .doc = "format of the file; `host-path`: a directory of the host that the guest mounts over "
             "9p, by the disk's name as tag",
      .required = true,
      .choices = kDiskFormats,
      .effect = Effect::Replace},
     &DiskSection::format},
    {{.name = "size_gb",
      .doc = "size of the disk when vmplan makes it",
      .absent = "the image\'s own size, or the file must exist",
      .min = 1,
      .max = 65536,
      .unit = "GiB",
      .effect = Effect::Replace},
     &DiskSection::size_gb},
    {{.name = "boot", .doc = "the machine boots from this disk", .fallback = false},
     &DiskSection::boot},
    {{.name = "readonly", .doc = "the guest cannot write to the disk", .fallback = false},
     &DiskSection::readonly},
    {{.name = "image",
      .doc = "name of the image in `vmplan.toml` that the disk starts from",
      .effect = Effect::Replace},
     &DiskSection::image},
    {{.name = "bus", .doc = "how the disk is attached"}, NotYet{FieldType::Text, kVirtioOnly}},
    {{.name = "cache", .doc = "cache mode"},
     NotYet{FieldType::Text, "leave it out: disks are opened with QEMU's default, writeback"}},
    {{.name = "discard", .doc = "pass discards to the file"},
     NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "iothread", .doc = "a thread of its own"}, NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "serial", .doc = "serial number shown to the guest"},
     NotYet{FieldType::Text,
            "leave it out, and find the disk in the guest by its label or file system"}},
    {{.name = "media", .doc = "disk or cdrom"}, NotYet{FieldType::Text, kVirtioOnly}},
    {{.name = "keep",
      .doc = "keep the file when the machine is destroyed",
      .effect = Effect::Record},
     NotYet{FieldType::Flag, "leave it out: disks are kept"}},
    {{.name = "slot", .doc = "fixed position of the device"},
     NotYet{FieldType::Integer, "leave it out: the position in the profile decides"}},
};

}  // namespace

template <>
const SectionTable<DiskSection>& section_table() {
  static constexpr SectionTable<DiskSection> kTable{{.path = "storage.disks",
                                                     .shape = SectionShape::TableArray,
                                                     .doc = "disks, in the guest's order"},
                                                    kDiskFields};
  return kTable;
}

}  // namespace vmplan::model
