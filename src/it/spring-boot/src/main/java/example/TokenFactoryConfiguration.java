package example;

import io.github.tokenfactory.CallListener;
import io.github.tokenfactory.TokenFactoryClient;
import io.github.tokenfactory.TokenFactoryClientBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures one client for the application; Spring closes it with the context. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TokenFactoryProperties.class)
public class TokenFactoryConfiguration {
  @Bean
  TokenFactoryClient tokenFactoryClient(TokenFactoryProperties properties, CallListener listener) {
    TokenFactoryClientBuilder builder =
        TokenFactoryClient.builder().apiKey(properties.apiKey()).listener(listener);
    PropertyMapper set = PropertyMapper.get(); // skips null
    set.from(properties.baseUrl()).to(builder::baseUrl);
    set.from(properties.aiProjectId()).to(builder::aiProjectId);
    set.from(properties.timeout()).to(builder::timeout);
    set.from(properties.connectTimeout()).to(builder::connectTimeout);
    set.from(properties.maxRetries()).to(builder::maxRetries);
    return builder.build();
  }

  @Bean
  CallListener tokenFactoryMetrics(MeterRegistry registry) {
    return new TokenFactoryMetrics(registry);
  }

  @Bean
  EmbeddingModel embeddingModel(TokenFactoryClient client, TokenFactoryProperties properties) {
    return new TokenFactoryEmbeddingModel(client, properties.model(), properties.dimensions());
  }
}
