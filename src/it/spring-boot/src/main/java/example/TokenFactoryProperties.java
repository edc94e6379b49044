package example;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What an application sets; the client has defaults for what is null.
 *
 * @param apiKey the API key
 * @param model the id of the model
 * @param dimensions how long vectors are; the model's own length unless set
 * @param baseUrl where the API is
 * @param aiProjectId the project that all calls are for
 * @param timeout how long a call may take in all
 * @param connectTimeout how long it may take to connect
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

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "TokenFactoryProperties[model=" + model + ", baseUrl=" + baseUrl + "]";
  }
}
