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
 * Turns a sentence into token ids, and token ids into a vector of length 1, with the model
 * all-MiniLM-L6-v2.
 *
 * <p>The model (ONNX, 8-bit weights) and its tokenizer come from a jar and run in this process;
 * nothing is downloaded. Any number of threads may share an instance.
 */
final class MiniLmModel implements EmbeddingModel, AutoCloseable {

  /** The model's name on the Hugging Face hub. */
  static final String ID = "sentence-transformers/all-MiniLM-L6-v2";

  static final int DIMENSIONS = 384;

  /** Token ids are 0 to this, exclusive. */
  static final int VOCABULARY = 30_522;

  /** The model has this many position vectors, so no input is longer, [CLS] and [SEP] included. */
  static final int MAX_TOKENS = 512;

  private static final int CLS = 101;
  private static final int SEP = 102;

  static {
    // DJL would ask the network whether this is EC2, and fetch another tokenizer where it finds a
    // CUDA device.
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

  /** Loads model and tokenizer from the class path, which takes about a second. */
  static MiniLmModel load() throws IOException {
    try (InputStream vocabulary = resource("/all-minilm-l6-v2-q-tokenizer.json");
        InputStream weights = resource("/all-minilm-l6-v2-q.onnx");
        OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      OrtEnvironment onnx = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      // A sentence is too little work to share among threads, and idle ONNX threads spin.
      options.setIntraOpNumThreads(1);
      OrtSession session = onnx.createSession(weights.readAllBytes(), options);
      // The file asks for exactly 128 tokens: we neither cut a text in silence nor compute padding.
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

  /** Returns the ids of a text's tokens, {@linkplain #frame framed}. */
  @Override
  public int[] tokenize(String text) {
    return frame(
        Arrays.stream(tokenizer.encode(text, false, false).getIds())
            .mapToInt(Math::toIntExact)
            .toArray());
  }

  /**
   * Returns the ids as the model needs them, between [CLS] and [SEP], which are added unless both
   * are there.
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
   * Embeds a token array, {@linkplain #frame framed} or not: the mean of the model's output over
   * its tokens, the first of its dimensions, at length 1.
   *
   * <p>One at a time, because the 8-bit model rounds by what else is in the batch: equal inputs get
   * equal vectors.
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

  /** Returns the vector scaled to length 1, so that a dot product is a cosine. */
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
