package io.github.tokenfactory.demo;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.tokenfactory.testing.EmbeddingModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * The model all-MiniLM-L6-v2: turns a text into token ids, and token ids into a vector of length 1.
 *
 * <p>The model (ONNX, 8-bit weights) and its tokenizer come from a jar and run in this process;
 * nothing is downloaded. Safe for use by several threads.
 */
final class MiniLmModel implements EmbeddingModel, AutoCloseable {

  /** The model's name on the Hugging Face hub. */
  static final String ID = "sentence-transformers/all-MiniLM-L6-v2";

  static final int DIMENSIONS = 384;

  /** The number of token ids; they start at 0. */
  static final int VOCABULARY = 30_522;

  /** The longest input, including [CLS] and [SEP]: the model has this many position vectors. */
  static final int MAX_TOKENS = 512;

  private static final int CLS = 101;
  private static final int SEP = 102;

  static {
    // Otherwise DJL asks the network whether this is EC2, and downloads another tokenizer if there
    // is a CUDA device.
    System.setProperty("ai.djl.offline", "true");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment onnx;
  private final OrtSession session;

  private MiniLmModel(HuggingFaceTokenizer tokenizer, OrtEnvironment onnx, OrtSession session) {
    this.tokenizer = tokenizer;
    this.onnx = onnx;
    this.session = session;
  }

  /** Loads the model and the tokenizer from the class path in about a second. */
  static MiniLmModel load() throws IOException {
    try (InputStream vocabulary = resource("/all-minilm-l6-v2-q-tokenizer.json");
        InputStream weights = resource("/all-minilm-l6-v2-q.onnx");
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      OrtEnvironment onnx = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      // One sentence is too little work for several threads, and idle ONNX threads spin.
      options.setIntraOpNumThreads(1);
      OrtSession session = onnx.createSession(weights.readAllBytes(), options);
      // The file sets exactly 128 tokens. Long texts must not be cut silently, and padding costs
      // time.
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.newInstance(
              vocabulary, Map.of("truncation", "false", "padding", "false"));
      return new MiniLmModel(tokenizer, onnx, session);
    } catch (OrtException | RuntimeException | LinkageError e) {
      throw new IOException(
          "the model's native libraries do not run on this machine: " + e.getMessage(), e);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = HuggingFaceTokenizer.class.getResourceAsStream(name);
    if (in == null) {
      throw new FileNotFoundException(name + " is not on the class path");
    }
    return in;
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  /** {@return the token ids of {@code text}, {@linkplain #frame framed}} */
  @Override
  public int[] tokenize(String text) {
    return frame(
        Arrays.stream(tokenizer.encode(text, false, false).getIds())
            .mapToInt(Math::toIntExact)
            .toArray());
  }

  /**
   * {@return the token ids between [CLS] and [SEP], which the model needs; both are added unless
   * both are there}
   */
  static int[] frame(int[] tokens) {
    int last = tokens.length - 1;
    if (last > 0 && tokens[0] == CLS && tokens[last] == SEP) {
      return tokens;
    }
    int[] framed = new int[tokens.length + 2];
    framed[0] = CLS;
    System.arraycopy(tokens, 0, framed, 1, tokens.length);
    framed[framed.length - 1] = SEP;
    return framed;
  }

  /**
   * {@return the vector of a token array, {@linkplain #frame framed} or not} It is the mean of the
   * model's output over the tokens, cut to {@code dimensions} and scaled to length 1.
   *
   * <p>The model gets one input at a time. In a batch, the rounding of the 8-bit weights would
   * depend on the other inputs, and equal inputs would get different vectors.
   */
  @Override
  public float[] embed(int[] tokens, int dimensions) {
    int[] framed = frame(tokens);
    if (framed.length > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "Input should have at most %d tokens, not %d".formatted(MAX_TOKENS, framed.length));
    }
    if (Arrays.stream(framed).anyMatch(id -> id < 0 || id >= VOCABULARY)) {
      throw new IllegalArgumentException("Tokens should be 0 to " + (VOCABULARY - 1));
    }
    if (dimensions > DIMENSIONS) {
      throw new IllegalArgumentException("Dimensions should be 1 to " + DIMENSIONS);
    }
    long[][] ids = {Arrays.stream(framed).asLongStream().toArray()};
    long[][] mask = {new long[framed.length]};
    Arrays.fill(mask[0], 1);
    long[][] types = {new long[framed.length]};
    try (OnnxTensor idTensor = OnnxTensor.createTensor(onnx, ids);
        OnnxTensor maskTensor = OnnxTensor.createTensor(onnx, mask);
        OnnxTensor typeTensor = OnnxTensor.createTensor(onnx, types);
        OrtSession.Result result =
            session.run(
                Map.of(
                    "input_ids",
                    idTensor,
                    "attention_mask",
                    maskTensor,
                    "token_type_ids",
                    typeTensor))) {
      float[][] states = ((float[][][]) result.get(0).getValue())[0];
      float[] sum = new float[dimensions];
      for (float[] state : states) {
        for (int i = 0; i < dimensions; i++) {
          sum[i] += state[i];
        }
      }
      return unit(sum);
    } catch (OrtException e) {
      throw new IllegalStateException("The model failed: " + e.getMessage(), e);
    }
  }

  /** {@return {@code vector} scaled to length 1, so that a dot product is a cosine} */
  private static float[] unit(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    double length = Math.sqrt(squares);
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  @Override
  public void close() {
    tokenizer.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(
          "The ONNX Runtime cannot close the model: " + e.getMessage(), e);
    }
  }
}
