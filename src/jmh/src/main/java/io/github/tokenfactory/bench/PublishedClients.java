package io.github.tokenfactory.bench;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.InferenceApi;
import org.openapitools.client.model.EmbeddingRequest;
import org.openapitools.client.model.EmbeddingResponse;

/** Published clients, set up as their documentation says, without tuning. */
final class PublishedClients {
  private PublishedClients() {}

  /** OpenAI's client; it returns vectors as {@code List<Float>}, which are not converted. */
  static final class OpenAiJava implements Client {
    private final OpenAIClient client;
    private final EncodingFormat encodingFormat;
    private final List<String> texts;
    private final List<List<Long>> tokens = new ArrayList<>();

    OpenAiJava(Workload workload, String url) {
      this.client = OpenAIOkHttpClient.builder().apiKey("key").baseUrl(url + "v1").build();
      this.encodingFormat = EncodingFormat.of(workload.encodingFormat());
      this.texts = workload.texts();
      if (workload.tokens() > 0) {
        for (int[] ids : workload.tokenIds()) {
          List<Long> boxed = new ArrayList<>(ids.length);
          for (int id : ids) {
            boxed.add((long) id);
          }
          tokens.add(boxed);
        }
      }
    }

    @Override
    public Object call() {
      EmbeddingCreateParams.Builder params =
          EmbeddingCreateParams.builder().model("m").encodingFormat(encodingFormat);
      if (tokens.isEmpty()) {
        params.inputOfArrayOfStrings(texts);
      } else {
        params.inputOfArrayOfTokenArrays(tokens);
      }
      CreateEmbeddingResponse response = client.embeddings().create(params.build());
      List<List<Float>> vectors = new ArrayList<>();
      for (com.openai.models.embeddings.Embedding embedding : response.data()) {
        vectors.add(embedding.embedding()); // decodes base64 at each call
      }
      return vectors;
    }
  }

  /** LangChain4j on the JDK's HTTP client; supports texts only. */
  static final class LangChain4j implements Client {
    private final OpenAiEmbeddingModel model;
    private final List<TextSegment> texts = new ArrayList<>();

    LangChain4j(Workload workload, String url) {
      this.model =
          OpenAiEmbeddingModel.builder()
              .apiKey("key")
              .baseUrl(url + "v1")
              .modelName("m")
              .encodingFormat(workload.encodingFormat())
              .build();
      for (String text : workload.texts()) {
        texts.add(TextSegment.from(text));
      }
    }

    @Override
    public Object call() {
      List<float[]> vectors = new ArrayList<>();
      for (Embedding embedding : model.embedAll(texts).content()) {
        vectors.add(embedding.vector());
      }
      return vectors;
    }
  }

  /**
   * The client that the generator creates from this project's document with its own templates. The
   * two unions would be empty classes, so they are mapped to {@code Object}: the caller gets a
   * {@code List<Double>} or a string and converts it to floats.
   */
  static final class StockGenerator implements Client {
    private final InferenceApi api;
    private final EmbeddingRequest request = new EmbeddingRequest();

    StockGenerator(Workload workload, String url) {
      ApiClient client = new ApiClient("HTTPBearer", "key");
      client.getAdapterBuilder().baseUrl(url);
      this.api = client.createService(InferenceApi.class);
      request
          .model("m")
          .input(workload.tokens() > 0 ? workload.tokenIds() : workload.texts())
          .encodingFormat(workload.encodingFormat());
    }

    @Override
    public Object call() throws IOException {
      EmbeddingResponse response =
          api.createEmbeddingsV1EmbeddingsPost(request, null).execute().body();
      List<float[]> vectors = new ArrayList<>();
      for (org.openapitools.client.model.Embedding item : response.getData()) {
        vectors.add(floats(item.getEmbedding()));
      }
      return vectors;
    }

    private static float[] floats(Object embedding) {
      if (embedding instanceof String base64) {
        return JacksonStreaming.floats(Base64.getDecoder().decode(base64));
      }
      List<?> numbers = (List<?>) embedding;
      float[] floats = new float[numbers.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = ((Double) numbers.get(i)).floatValue();
      }
      return floats;
    }
  }
}
