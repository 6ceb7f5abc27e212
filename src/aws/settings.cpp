#include "aws/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"

namespace s3m::aws {
namespace {

std::unexpected<Error> wrong(const Setting& setting, std::string_view what) {
  return fail(Errc::config, fmt::format("{}: {}", setting.origin, what));
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

bool is_host_of_aws(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return false;
  const std::string host = lower(parsed->host());
  static constexpr std::array suffixes{".amazonaws.com",  ".amazonaws.com.cn", ".amazonaws.eu",
                                       ".api.aws",        ".c2s.ic.gov",       ".sc2s.sgov.gov",
                                       ".csp.hci.ic.gov", ".cloud.adc-e.uk"};
  return std::ranges::any_of(suffixes,
                             [&host](const char* suffix) { return host.ends_with(suffix); });
}

Result<void> check_endpoint(std::string_view url, std::string_view origin) {
  const auto endpoint = service_endpoint({.url = std::string(url)}, "s3");
  if (endpoint) return ok;
  return fail(Errc::config, fmt::format("{}: {}", origin, endpoint.error().message()));
}

Result<Addressing> addressing_style(const Settings& settings) {
  const auto style = settings.profile("s3.addressing_style");
  if (!style || style->value == "auto") return Addressing::automatic;
  if (style->value == "path") return Addressing::path;
  if (style->value == "virtual") return Addressing::virtual_hosted;
  return wrong(*style, fmt::format("addressing_style is '{}'; it can be auto, path or virtual",
                                   printable(style->value)));
}

// A profile that names a services section which is not there would otherwise send its requests to
// AWS instead of where its owner meant.
Result<void> check_services(const Settings& settings) {
  const auto name = settings.profile("services");
  if (!name || settings.config().config_file().services.contains(name->value)) return ok;
  return wrong(*name, fmt::format("there is no section [services {}] in {}", printable(name->value),
                                  printable(settings.config().config_file().path)));
}

Result<std::string> sts_url(const Settings& settings, const std::string& s3_option) {
  const bool shared = !s3_option.empty() && !is_host_of_aws(s3_option);
  auto configured = shared ? settings.own_endpoint_url("sts") : settings.endpoint_url("sts");
  if (!configured) return forward(configured);
  if (*configured) return (*configured)->value;
  return shared ? s3_option : std::string();
}

Result<std::string> s3_url(const Settings& settings, const std::string& option) {
  if (!option.empty()) {
    auto valid = check_endpoint(option, "the endpoint given on the command line");
    if (!valid) return forward(valid);
    return option;
  }
  auto configured = settings.endpoint_url("s3");
  if (!configured) return forward(configured);
  return *configured ? (*configured)->value : std::string();
}

// What both services share.
Result<EndpointSettings> common(const Settings& settings, std::string_view region_option) {
  auto region = settings.region(region_option);
  if (!region) return forward(region);
  auto fips = settings.flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  if (!fips) return forward(fips);
  auto dual_stack = settings.flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (!dual_stack) return forward(dual_stack);
  return EndpointSettings{
      .url = {}, .region = *std::move(region), .fips = *fips, .dual_stack = *dual_stack};
}

}  // namespace

std::optional<Setting> Settings::environment(std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    auto value = environment_(name);
    if (value && !value->empty()) return Setting{*std::move(value), std::string(name)};
  }
  return std::nullopt;
}

std::optional<Setting> Settings::profile(std::string_view key) const {
  const auto* settings = config_.profile(profile_);
  if (settings == nullptr) return std::nullopt;
  const auto found = settings->find(key);
  if (found == settings->end() || found->second.empty()) return std::nullopt;
  return Setting{found->second,
                 fmt::format("{} (profile {})", config_.where(profile_, key), printable(profile_))};
}

std::optional<Setting> Settings::either(std::string_view variable, std::string_view key) const {
  auto set = variable.empty() ? std::nullopt : environment({variable});
  return set ? set : profile(key);
}

Result<bool> Settings::flag(std::string_view variable, std::string_view key) const {
  const auto setting = either(variable, key);
  if (!setting) return false;
  const auto value = lower(setting->value);
  if (value == "true") return true;
  if (value == "false") return false;
  return wrong(*setting,
               fmt::format("{} is '{}'; it can be true or false", key, printable(setting->value)));
}

Result<std::optional<int>> Settings::number(std::string_view variable, std::string_view key,
                                            int least, int most) const {
  const auto setting = either(variable, key);
  if (!setting) return std::nullopt;
  const auto value = parse_u64(setting->value);
  const bool within = value && *value >= static_cast<std::uint64_t>(least) &&
                      *value <= static_cast<std::uint64_t>(most);
  if (within) return static_cast<int>(*value);
  return wrong(*setting, fmt::format("{} is '{}'; it must be a whole number from {} to {}", key,
                                     printable(setting->value), least, most));
}

Result<std::optional<Setting>> Settings::first_url(bool general, std::string_view service) const {
  auto ignored = flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
  if (!ignored) return forward(ignored);
  if (*ignored) return std::nullopt;
  auto url = environment({"AWS_ENDPOINT_URL_" + upper(service)});
  if (!url && general) url = environment({"AWS_ENDPOINT_URL"});
  if (!url) url = profile(fmt::format("services.{}.endpoint_url", service));
  if (!url && general) url = profile("endpoint_url");
  if (!url) return std::nullopt;
  auto valid = check_endpoint(url->value, url->origin);
  if (!valid) return forward(valid);
  return url;
}

Result<std::optional<Setting>> Settings::endpoint_url(std::string_view service) const {
  return first_url(true, service);
}

Result<std::optional<Setting>> Settings::own_endpoint_url(std::string_view service) const {
  return first_url(false, service);
}

Result<std::string> Settings::region(std::string_view option) const {
  Setting found{std::string(option), "the region given on the command line"};
  if (option.empty()) {
    auto set = environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
    if (!set) set = profile("region");
    if (!set) return std::string();
    found = *std::move(set);
  }
  if (valid_region(found.value)) return std::move(found.value);
  return wrong(found, fmt::format("'{}' is not the name of a region", printable(found.value)));
}

ProfileChoice choose_profile(const Environment& environment, const SideOptions& options) {
  if (!options.profile.empty()) {
    return {.name = options.profile, .named = true, .by_option = true};
  }
  for (const auto* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    auto name = environment(variable);
    if (name && !name->empty()) return {.name = *std::move(name), .named = true};
  }
  return {.name = "default"};
}

namespace {

Result<ProfileChoice> existing_profile(const Environment& environment, const SharedConfig& config,
                                       const SideOptions& options) {
  auto choice = choose_profile(environment, options);
  if (choice.named && config.profile(choice.name) == nullptr) {
    return fail(config.no_such_profile(choice.name));
  }
  auto services = check_services(Settings(environment, config, choice.name));
  if (!services) return forward(services);
  return choice;
}

}  // namespace

Result<EndpointSettings> resolve_service(const Environment& environment, const SharedConfig& config,
                                         const SideOptions& options, std::string_view service_id) {
  auto choice = existing_profile(environment, config, options);
  if (!choice) return forward(choice);
  const Settings settings(environment, config, choice->name);
  auto endpoint = common(settings, options.region);
  if (!endpoint) return endpoint;
  auto url = settings.endpoint_url(service_id);
  if (!url) return forward(url);
  if (*url) endpoint->url = (*url)->value;
  return endpoint;
}

Result<SideSettings> resolve_settings(const Environment& environment, const SharedConfig& config,
                                      const SideOptions& options) {
  auto choice = existing_profile(environment, config, options);
  if (!choice) return forward(choice);
  const Settings settings(environment, config, choice->name);
  auto shared = common(settings, options.region);
  if (!shared) return forward(shared);
  auto addressing = addressing_style(settings);
  if (!addressing) return forward(addressing);
  auto for_s3 = s3_url(settings, options.endpoint_url);
  if (!for_s3) return forward(for_s3);
  auto for_sts = sts_url(settings, options.endpoint_url);
  if (!for_sts) return forward(for_sts);
  SideSettings side{.profile = std::move(choice->name), .s3 = *shared, .sts = *std::move(shared)};
  side.s3.url = *std::move(for_s3);
  side.s3.addressing = *addressing;
  side.sts.url = *std::move(for_sts);
  return side;
}

}  // namespace s3m::aws
