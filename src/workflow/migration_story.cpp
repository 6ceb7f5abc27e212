#include "workflow/migration_story.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "transfer/location.hpp"
#include "transfer/manifest_writer.hpp"
#include "workflow/copy_spec.hpp"
#include "workflow/job_json.hpp"

namespace s3m::workflow {
namespace {

namespace json = boost::json;

constexpr std::string_view yes = "true";

json::array array_of(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts)
    out.emplace_back(single_line(text));
  return out;
}

json::object object_of(const ConfigurationStory& story) {
  json::array changed;
  for (const auto& [setting, where, from, to] : story.changed) {
    changed.push_back(json::object{{"setting", single_line(setting)},
                                   {"where", single_line(where)},
                                   {"from", single_line(from)},
                                   {"to", single_line(to)}});
  }
  return {{"settings", story.settings},
          {"changed", std::move(changed)},
          {"not_carried", array_of(story.not_carried)},
          {"notes", array_of(story.notes)}};
}

std::string text_of(const json::value& value, std::string_view name) {
  const auto* const object = value.if_object();
  const auto* const field = object == nullptr ? nullptr : object->if_contains(name);
  return field != nullptr && field->is_string() ? std::string(field->get_string()) : std::string();
}

const json::array& array_in(const json::object& object, std::string_view name) {
  static const json::array none;
  const auto* const field = object.if_contains(name);
  return field != nullptr && field->is_array() ? field->get_array() : none;
}

std::vector<std::string> texts_in(const json::object& object, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& text : array_in(object, name))
    if (text.is_string()) out.emplace_back(text.get_string());
  return out;
}

// Facts by their names; what was never kept is empty.
class Facts {
 public:
  Facts(store::Store& store, const std::string& job_id) : store_(store), job_id_(job_id) {}

  std::string operator()(const std::string& name) {
    auto fact = store_.fact(job_id_, name);
    if (!fact && trouble_) trouble_ = forward(fact);
    return fact ? fact->value_or("") : std::string();
  }
  std::uint64_t number(const std::string& name) { return parse_u64((*this)(name)).value_or(0); }
  std::optional<WallTime> time(const std::string& name) { return parse_iso8601((*this)(name)); }
  Result<void> trouble() && { return std::move(trouble_); }

 private:
  store::Store& store_;
  const std::string& job_id_;
  Result<void> trouble_ = ok;
};

void read_places(Facts& facts, const store::JobRecord& job, MigrationStory& story) {
  const auto location = transfer::parse_location(spec_field(job.spec, "source", "location"));
  story.source = {location ? location->bucket : "", facts(fact::source_region),
                  facts(fact::source_owner)};
  story.destination = {facts(fact::final_bucket), facts(fact::region),
                       facts(fact::destination_owner)};
  if (story.destination.bucket.empty()) story.destination.bucket = story.source.bucket;
  story.temporary_bucket = facts(fact::temporary);
  story.all_versions = facts(fact::all_versions) == yes;
  story.digest = facts(fact::digest);
  story.objects = facts.number(fact::objects);
  story.bytes = facts.number(fact::bytes);
  story.weak = facts.number(fact::weak);
  if (story.digest.empty()) return;
  story.manifest =
      fmt::format("s3://{}/{}", story.temporary_bucket, transfer::manifest_folder(job.id));
}

void read_acts(Facts& facts, MigrationStory& story) {
  if (const auto at = facts.time(fact::frozen_at)) {
    story.freeze =
        MigrationStory::Freeze{*at, facts(fact::frozen_by), facts.number(fact::settled_for)};
  }
  story.source_is_quiet = facts(fact::source_is_quiet) == yes;
  if (auto digest = facts(fact::confirmed); !digest.empty()) {
    story.confirmation =
        MigrationStory::Confirmation{std::move(digest), facts(fact::confirmed_how),
                                     facts(fact::confirmed_by), facts.time(fact::confirmed_at)};
  }
  if (const auto from = facts.time(fact::deleted_at)) {
    story.exposure =
        Exposure{*from, facts.time(fact::taken_at), facts(fact::exposure_spans_runs) == yes};
  }
}

json::object configuration_json(const MigrationStory& story) {
  auto out = object_of(story.configuration);
  out["parts"] = story.parts ? json::value(to_json(*story.parts)) : json::value(nullptr);
  return out;
}

json::value time_or_null(const std::optional<WallTime>& time) {
  return time ? json::value(iso8601(*time)) : json::value(nullptr);
}

json::object place_json(const MigrationStory::Place& place) {
  return {{"bucket", printable(place.bucket)},
          {"region", printable(place.region)},
          {"account", printable(place.account)}};
}

json::value freeze_json(const MigrationStory& story) {
  if (!story.freeze) return nullptr;
  return json::object{{"proven_at", iso8601(story.freeze->proven_at)},
                      {"spares_by", printable(story.freeze->dialect)},
                      {"settled_seconds", story.freeze->settled_seconds}};
}

json::value confirmation_json(const MigrationStory& story) {
  if (!story.confirmation) return nullptr;
  const auto& [digest, how, by, at] = *story.confirmation;
  return json::object{{"at", time_or_null(at)},
                      {"how", printable(how)},
                      {"by", printable(by)},
                      {"digest", printable(digest)}};
}

json::value exposure_json(const MigrationStory& story) {
  if (!story.exposure) return nullptr;
  const auto seconds = story.exposure->seconds();
  return json::object{{"from", iso8601(story.exposure->from)},
                      {"until", time_or_null(story.exposure->until)},
                      {"seconds", seconds ? json::value(*seconds) : json::value(nullptr)},
                      {"spans_runs", story.exposure->spans_runs}};
}

json::array losses_json(const LossBook& losses) {
  json::array out;
  for (const auto& group : losses.groups()) {
    json::array first;
    for (const auto& lost : group.first) {
      json::object one{{"bucket", printable(lost.bucket)},
                       {"key", valid_utf8(lost.key) ? lost.key : printable(lost.key)}};
      if (!valid_utf8(lost.key)) one["key_base64"] = base64(lost.key);
      if (!lost.version.empty()) one["version"] = printable(lost.version);
      first.push_back(std::move(one));
    }
    out.push_back(json::object{{"attribute", printable(group.attribute)},
                               {"why", single_line(group.why)},
                               {"count", group.count},
                               {"first", std::move(first)}});
  }
  return out;
}

}  // namespace

ConfigurationStory story_of(const Rewritten& rewritten) {
  ConfigurationStory story{.settings = rewritten.configuration.items.size(),
                           .changed = {},
                           .not_carried = rewritten.not_carried,
                           .notes = rewritten.notes};
  for (const auto& change : rewritten.changes) {
    story.changed.push_back(
        {item_name(change.query, change.id), change.where, change.from, change.to});
  }
  return story;
}

std::string to_json(const ConfigurationStory& story) {
  return json::serialize(object_of(story));
}

Result<ConfigurationStory> configuration_story_from_json(std::string_view text) {
  json::error_code unreadable;
  const auto parsed = json::parse(text, unreadable);
  if (unreadable || !parsed.is_object()) {
    return fail(Errc::protocol, "what became of the configuration cannot be read");
  }
  const auto& object = parsed.get_object();
  ConfigurationStory story{.changed = {},
                           .not_carried = texts_in(object, "not_carried"),
                           .notes = texts_in(object, "notes")};
  json::error_code unfit;
  if (const auto* const settings = object.if_contains("settings")) {
    story.settings = settings->to_number<std::uint64_t>(unfit);
  }
  for (const auto& change : array_in(object, "changed")) {
    story.changed.push_back({text_of(change, "setting"), text_of(change, "where"),
                             text_of(change, "from"), text_of(change, "to")});
  }
  return story;
}

std::optional<double> Exposure::seconds() const noexcept {
  if (!until) return std::nullopt;
  return std::chrono::duration<double>(*until - from).count();
}

std::string exposure_text(double seconds, bool spans_runs) {
  const auto time = seconds < 120
                        ? fmt::format("{:.1f} s", seconds)
                        : human_duration(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
  return spans_runs ? fmt::format("at most {}, the time between two runs included", time) : time;
}

Result<MigrationStory> read_migration_story(store::Store& store, const std::string& job_id) {
  auto job = store.find_job(job_id);
  if (!job) return forward(job);
  MigrationStory story;
  Facts facts(store, job_id);
  if (*job) read_places(facts, **job, story);
  read_acts(facts, story);
  const auto losses = facts(fact::losses), rewritten = facts(fact::rewritten);
  if (auto read = std::move(facts).trouble(); !read) return forward(read);
  if (!losses.empty()) {
    auto book = LossBook::from_json(losses);
    if (!book) return forward(book);
    story.losses = *std::move(book);
  }
  auto parts = read_configuration_parts(store, job_id);
  if (!parts) return forward(parts);
  story.parts = *std::move(parts);
  if (rewritten.empty()) return story;
  auto configuration = configuration_story_from_json(rewritten);
  if (!configuration) return forward(configuration);
  story.configuration = *std::move(configuration);
  return story;
}

Result<std::optional<std::vector<ConfigurationPart>>> read_configuration_parts(
    store::Store& store, const std::string& job_id) {
  Facts facts(store, job_id);
  const auto before = facts(fact::configuration), wanted = facts(fact::wanted),
             rewritten = facts(fact::rewritten);
  if (auto read = std::move(facts).trouble(); !read) return forward(read);
  if (before.empty() || wanted.empty()) return std::nullopt;
  auto source = configuration_from_json(before);
  if (!source) return forward(source);
  auto destination = configuration_from_json(wanted);
  if (!destination) return forward(destination);
  ConfigurationStory story;
  if (!rewritten.empty()) {
    auto told = configuration_story_from_json(rewritten);
    if (!told) return forward(told);
    story = *std::move(told);
  }
  return configuration_parts(*source, *destination,
                             {.not_carried = story.not_carried, .notes = story.notes});
}

std::string to_json(const MigrationStory& story) {
  return json::serialize(json::object{{"source", place_json(story.source)},
                                      {"destination", place_json(story.destination)},
                                      {"temporary_bucket", printable(story.temporary_bucket)},
                                      {"manifest", printable(story.manifest)},
                                      {"all_versions", story.all_versions},
                                      {"objects", story.objects},
                                      {"bytes", story.bytes},
                                      {"same_weak", story.weak},
                                      {"digest", printable(story.digest)},
                                      {"freeze", freeze_json(story)},
                                      {"source_is_quiet", story.source_is_quiet},
                                      {"confirmation", confirmation_json(story)},
                                      {"exposure", exposure_json(story)},
                                      {"not_carried", losses_json(story.losses)},
                                      {"configuration", configuration_json(story)},
                                      {"new_by_nature", new_by_nature}});
}

}  // namespace s3m::workflow
