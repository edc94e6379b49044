package example;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings of an application; for those that are null, the defaults of the client apply.
 *
 * @param apiKey the API key
 * @param model the id of the model
 * @param dimensions the dimensions of the vectors, or null for those of the model
 * @param baseUrl the base URL of the API
 * @param aiProjectId the id of the project of all calls
 * @param timeout the limit for a call with all its retries
 * @param connectTimeout the limit for connecting
 * @param maxRetries how often a request may be sent again
 */
@ConfigurationProperties("tokenfactory")
public record TokenFactoryProperties(
    String apiKey,
    String model,
    @Nullable Integer dimensions,
    @Nullable String baseUrl,
    @Nullable String aiProjectId,
    @Nullable Duration timeout,
    @Nullable Duration connectTimeout,
    @Nullable Integer maxRetries) {

  /** Omits the key. */
  @Override
  public String toString() {
    return "TokenFactoryProperties[model=" + model + ", baseUrl=" + baseUrl + "]";
  }
}
