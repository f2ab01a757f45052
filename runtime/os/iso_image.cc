// SPDX-License-Identifier: Apache-2.0
// The only file that includes libisofs. It is loaded with dlopen: linking it would cost every
// command some milliseconds.
#include "runtime/os/iso_image.h"

#include <dlfcn.h>

// Else burn_source, through which the library hands the bytes over, is left to libburn's header.
#define LIBISOFS_WITHOUT_LIBBURN
#include <libisofs/libisofs.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

namespace vmplan::os {
namespace {

constexpr std::size_t kSector = 2048;
/// Source: ECMA-119, 8.4: sixteen sectors of system area, then the primary volume descriptor.
constexpr std::size_t kDescriptor = 16 * kSector;
constexpr std::size_t kVolumeId = kDescriptor + 40;
constexpr std::size_t kVolumeIdLength = 32;

/// Every date in an image: 2000-01-01, the same in each of its calendars.
constexpr time_t kDate = 946684800;
constexpr const char* kDigitsOfDate = "2000010100000000";

/// The functions of libisofs that are used here.
struct Isofs {
  decltype(&::iso_init) init = nullptr;
  decltype(&::iso_set_msgs_severities) silence = nullptr;
  decltype(&::iso_error_to_msg) message = nullptr;
  decltype(&::iso_image_new) image_new = nullptr;
  decltype(&::iso_image_unref) image_unref = nullptr;
  decltype(&::iso_image_get_root) root = nullptr;
  decltype(&::iso_image_set_volume_id) set_volume_id = nullptr;
  decltype(&::iso_image_set_volset_id) set_volset_id = nullptr;
  decltype(&::iso_image_set_publisher_id) set_publisher_id = nullptr;
  decltype(&::iso_image_set_data_preparer_id) set_preparer_id = nullptr;
  decltype(&::iso_image_set_system_id) set_system_id = nullptr;
  decltype(&::iso_image_set_application_id) set_application_id = nullptr;
  decltype(&::iso_memory_stream_new) memory_stream = nullptr;
  decltype(&::iso_stream_unref) stream_unref = nullptr;
  decltype(&::iso_tree_add_new_file) add_file = nullptr;
  decltype(&::iso_write_opts_new) options_new = nullptr;
  decltype(&::iso_write_opts_free) options_free = nullptr;
  decltype(&::iso_write_opts_set_rockridge) set_rockridge = nullptr;
  decltype(&::iso_write_opts_set_joliet) set_joliet = nullptr;
  decltype(&::iso_write_opts_set_replace_mode) set_replace_mode = nullptr;
  decltype(&::iso_write_opts_set_default_dir_mode) set_dir_mode = nullptr;
  decltype(&::iso_write_opts_set_default_file_mode) set_file_mode = nullptr;
  decltype(&::iso_write_opts_set_default_uid) set_uid = nullptr;
  decltype(&::iso_write_opts_set_default_gid) set_gid = nullptr;
  decltype(&::iso_write_opts_set_replace_timestamps) set_replace_timestamps = nullptr;
  decltype(&::iso_write_opts_set_default_timestamp) set_timestamp = nullptr;
  decltype(&::iso_write_opts_set_always_gmt) set_gmt = nullptr;
  decltype(&::iso_write_opts_set_pvd_times) set_volume_times = nullptr;
  decltype(&::iso_write_opts_set_output_charset) set_charset = nullptr;
  decltype(&::iso_write_opts_set_relaxed_vol_atts) set_lowercase_ids = nullptr;
  decltype(&::iso_image_create_burn_source) create_source = nullptr;
};

template <class Symbol>
bool load(void* library, const char* name, Symbol& symbol) {
  symbol = reinterpret_cast<Symbol>(::dlsym(library, name));
  return symbol != nullptr;
}

bool load_functions(void* library, Isofs& iso) {
  return load(library, "iso_init", iso.init) &&
         load(library, "iso_set_msgs_severities", iso.silence) &&
         load(library, "iso_error_to_msg", iso.message) &&
         load(library, "iso_image_new", iso.image_new) &&
         load(library, "iso_image_unref", iso.image_unref) &&
         load(library, "iso_image_get_root", iso.root) &&
         load(library, "iso_image_set_volume_id", iso.set_volume_id) &&
         load(library, "iso_image_set_volset_id", iso.set_volset_id) &&
         load(library, "iso_image_set_publisher_id", iso.set_publisher_id) &&
         load(library, "iso_image_set_data_preparer_id", iso.set_preparer_id) &&
         load(library, "iso_image_set_system_id", iso.set_system_id) &&
         load(library, "iso_image_set_application_id", iso.set_application_id) &&
         load(library, "iso_memory_stream_new", iso.memory_stream) &&
         load(library, "iso_stream_unref", iso.stream_unref) &&
         load(library, "iso_tree_add_new_file", iso.add_file) &&
         load(library, "iso_write_opts_new", iso.options_new) &&
         load(library, "iso_write_opts_free", iso.options_free) &&
         load(library, "iso_write_opts_set_rockridge", iso.set_rockridge) &&
         load(library, "iso_write_opts_set_joliet", iso.set_joliet) &&
         load(library, "iso_write_opts_set_replace_mode", iso.set_replace_mode) &&
         load(library, "iso_write_opts_set_default_dir_mode", iso.set_dir_mode) &&
         load(library, "iso_write_opts_set_default_file_mode", iso.set_file_mode) &&
         load(library, "iso_write_opts_set_default_uid", iso.set_uid) &&
         load(library, "iso_write_opts_set_default_gid", iso.set_gid) &&
         load(library, "iso_write_opts_set_replace_timestamps", iso.set_replace_timestamps) &&
         load(library, "iso_write_opts_set_default_timestamp", iso.set_timestamp) &&
         load(library, "iso_write_opts_set_always_gmt", iso.set_gmt) &&
         load(library, "iso_write_opts_set_pvd_times", iso.set_volume_times) &&
         load(library, "iso_write_opts_set_output_charset", iso.set_charset) &&
         load(library, "iso_write_opts_set_relaxed_vol_atts", iso.set_lowercase_ids) &&
         load(library, "iso_image_create_burn_source", iso.create_source);
}

Result<Isofs> load_isofs() {
  void* library = ::dlopen("libisofs.so.6", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ErrorKind::NotFound,
                "libisofs.so.6 cannot be loaded; install the package libisofs6");
  Isofs iso;
  if (!load_functions(library, iso))
    return fail(ErrorKind::NotFound, "libisofs.so.6 is of another version than vmplan knows");
  std::string never = "NEVER";
  std::string nobody;
  if (iso.init() < 0 || iso.silence(never.data(), never.data(), nobody.data()) < 0)
    return fail(ErrorKind::Failed, "libisofs does not start");
  return iso;
}

Error iso_error(const Isofs& iso, std::string_view what, int code) {
  const char* message = iso.message(code);
  return {ErrorKind::Failed,
          fmt::format("{}: libisofs: {}", what, message == nullptr ? "unknown error" : message)};
}

using Image = std::unique_ptr<IsoImage, decltype(&::iso_image_unref)>;
using Options = std::unique_ptr<IsoWriteOpts, decltype(&::iso_write_opts_free)>;

Status add_file(const Isofs& iso, IsoImage* image, const IsoFile& file) {
  // The stream frees it.
  auto* bytes = static_cast<unsigned char*>(std::malloc(file.bytes.size() + 1));
  if (bytes == nullptr) return fail(ErrorKind::Failed, "no memory for an image");
  std::memcpy(bytes, file.bytes.data(), file.bytes.size());
  IsoStream* stream = nullptr;
  if (int made = iso.memory_stream(bytes, file.bytes.size(), &stream); made < 0) {
    std::free(bytes);
    return fail(iso_error(iso, "adding a file to an image", made));
  }
  const std::string name(file.name);
  ::IsoFile* node = nullptr;
  if (int added = iso.add_file(iso.root(image), name.c_str(), stream, &node); added < 0) {
    iso.stream_unref(stream);
    return fail(iso_error(iso, "adding a file to an image", added));
  }
  return {};
}

/// Everything that would else come from the clock, the account or the library.
Status fix_metadata(const Isofs& iso, IsoWriteOpts* options) {
  std::string date = kDigitsOfDate;
  std::string charset = "UTF-8";
  constexpr int kAsGiven = 2;
  for (int set :
       {iso.set_rockridge(options, 1), iso.set_joliet(options, 1),
        iso.set_replace_mode(options, kAsGiven, kAsGiven, kAsGiven, kAsGiven),
        iso.set_dir_mode(options, 0555), iso.set_file_mode(options, 0444), iso.set_uid(options, 0),
        iso.set_gid(options, 0), iso.set_replace_timestamps(options, kAsGiven),
        iso.set_timestamp(options, kDate), iso.set_gmt(options, 1),
        iso.set_volume_times(options, kDate, kDate, 0, 0, date.data()),
        iso.set_charset(options, charset.c_str()), iso.set_lowercase_ids(options, 1)})
    if (set < 0) return fail(iso_error(iso, "setting up an image", set));
  return {};
}

/// The library writes in a thread of its own, and hands over sector by sector.
Result<std::string> read_all(burn_source& source) {
  std::string bytes;
  std::array<unsigned char, kSector> sector{};
  while (true) {
    const int count = source.read != nullptr
                          ? source.read(&source, sector.data(), static_cast<int>(kSector))
                          : source.read_xt(&source, sector.data(), static_cast<int>(kSector));
    if (count < 0) return fail(ErrorKind::Failed, "libisofs broke off while writing an image");
    if (count == 0) return bytes;
    bytes.append(reinterpret_cast<const char*>(sector.data()), static_cast<std::size_t>(count));
  }
}

Result<std::string> write_image(const Isofs& iso, IsoImage* image) {
  IsoWriteOpts* made = nullptr;
  if (int code = iso.options_new(&made, 0); code < 0)
    return fail(iso_error(iso, "setting up an image", code));
  Options options(made, iso.options_free);
  if (Status fixed = fix_metadata(iso, options.get()); !fixed) return fail(fixed.error());
  burn_source* source = nullptr;
  if (int code = iso.create_source(image, options.get(), &source); code < 0)
    return fail(iso_error(iso, "writing an image", code));
  Result<std::string> bytes = read_all(*source);
  source->free_data(source);
  std::free(source);
  return bytes;
}

}  // namespace

Result<std::string> iso_image(const std::string& volume_id, std::span<const IsoFile> files) {
  static const Result<Isofs> kLoaded = load_isofs();
  if (!kLoaded) return fail(kLoaded.error());
  const Isofs& iso = *kLoaded;
  // The library keeps settings and messages in variables of its own, and vmplan works in threads.
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  IsoImage* made = nullptr;
  if (int code = iso.image_new(volume_id.c_str(), &made); code < 0)
    return fail(iso_error(iso, "making an image", code));
  Image image(made, iso.image_unref);
  iso.set_volume_id(made, volume_id.c_str());
  iso.set_volset_id(made, volume_id.c_str());
  for (auto* set :
       {iso.set_publisher_id, iso.set_preparer_id, iso.set_system_id, iso.set_application_id})
    set(made, "");
  for (const IsoFile& file : files)
    if (Status added = add_file(iso, made, file); !added) return fail(added.error());
  return write_image(iso, made);
}

std::string_view iso_volume_id(std::string_view bytes) {
  if (bytes.size() < kVolumeId + kVolumeIdLength) return {};
  if (bytes.substr(kDescriptor, 7) != std::string_view("\1CD001\1", 7)) return {};
  std::string_view id = bytes.substr(kVolumeId, kVolumeIdLength);
  return id.substr(0, id.find_last_not_of(' ') + 1);
}

}  // namespace vmplan::os
