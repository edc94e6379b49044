package io.github.tokenfactory.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * One request and its answer, the same in every process that knows the name.
 *
 * @param name such as {@code 256x4096-base64}, which is also the path that the server has it under
 * @param vectors how many inputs and vectors there are
 * @param dimensions how long each vector is
 * @param base64 the wire form of the vectors: base64, or numbers as text
 * @param textLength how many characters each input has, if it is a text
 * @param tokens how many token ids each input has, or 0 if it is a text
 */
record Workload(
    String name, int vectors, int dimensions, boolean base64, int textLength, int tokens) {

  static final Workload SMALL = answer(1, 1024, true);
  static final Workload MEDIUM = answer(256, 4096, true);

  /** Large answers to short texts, then large requests with short answers. */
  static final List<Workload> ALL =
      List.of(
          SMALL,
          answer(1, 1024, false),
          MEDIUM,
          answer(256, 4096, false),
          answer(2048, 1536, true),
          answer(2048, 1536, false),
          new Workload("2048x1KB-texts", 2048, 1, true, 1024, 0),
          new Workload("256x8192-tokens", 256, 1, true, 0, 8192));

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final int VOCABULARY = 150_000;

  private static Workload answer(int vectors, int dimensions, boolean base64) {
    String name = vectors + "x" + dimensions + (base64 ? "-base64" : "-text");
    return new Workload(name, vectors, dimensions, base64, 12, 0);
  }

  static Workload named(String name) {
    for (Workload workload : ALL) {
      if (workload.name.equals(name)) {
        return workload;
      }
    }
    throw new IllegalArgumentException("No such workload: " + name);
  }

  boolean isRequest() {
    return dimensions == 1;
  }

  /** {@return the bytes that matter: of the floats returned, or of the request sent} */
  long payload() {
    return isRequest() ? request().length : 4L * vectors * dimensions;
  }

  /** {@return the inputs, which are distinct words} */
  List<String> texts() {
    List<String> texts = new ArrayList<>(vectors);
    for (int i = 0; i < vectors; i++) {
      texts.add(("text " + i + " ").repeat(textLength).substring(0, textLength));
    }
    return texts;
  }

  /** {@return the inputs as token ids} */
  int[][] tokenIds() {
    int[][] ids = new int[vectors][tokens];
    for (int i = 0; i < vectors; i++) {
      for (int j = 0; j < tokens; j++) {
        ids[i][j] = (int) (hash(i, j) >>> 33) % VOCABULARY;
      }
    }
    return ids;
  }

  String encodingFormat() {
    return base64 ? "base64" : "float";
  }

  /** {@return the request as it goes over the wire} */
  byte[] request() {
    StringBuilder json = new StringBuilder("{\"model\":\"m\",\"input\":");
    if (tokens > 0) {
      json.append(Arrays.deepToString(tokenIds()).replace(" ", ""));
    } else {
      json.append("[\"").append(String.join("\",\"", texts())).append("\"]");
    }
    json.append(",\"encoding_format\":\"").append(encodingFormat()).append("\"}");
    return json.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** {@return the answer as the server sends it} */
  byte[] answer() throws IOException {
    return Files.readAllBytes(file());
  }

  /** Writes the answer to where {@link #answer()} finds it. */
  void render() throws IOException {
    Files.createDirectories(DIRECTORY);
    try (BufferedWriter out = Files.newBufferedWriter(file(), StandardCharsets.US_ASCII)) {
      out.write("{\"object\":\"list\",\"model\":\"m\",\"usage\":{\"completion_tokens\":0,");
      out.write("\"prompt_tokens\":" + vectors + ",\"total_tokens\":" + vectors + "},\"data\":[");
      for (int i = 0; i < vectors; i++) {
        out.write(i == 0 ? "" : ",");
        out.write("{\"object\":\"embedding\",\"embedding\":");
        if (base64) {
          out.write('"' + base64(i) + '"');
        } else {
          for (int j = 0; j < dimensions; j++) {
            out.write(j == 0 ? '[' : ',');
            out.write(number(element(i, j)));
          }
          out.write(']');
        }
        out.write(",\"index\":" + i + "}");
      }
      out.write("],\"service_tier\":\"default\"}");
    }
  }

  private Path file() {
    return DIRECTORY.resolve(name + ".json");
  }

  /** {@return one vector as base64 of little-endian floats} */
  String base64(int vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * dimensions).order(ByteOrder.LITTLE_ENDIAN);
    for (int j = 0; j < dimensions; j++) {
      bytes.putFloat(element(vector, j));
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** {@return what Python prints of a 32-bit float, which it widens: some 17 digits} */
  private static String number(float element) {
    String digits = Double.toString(element);
    int e = digits.indexOf('E');
    if (e < 0) {
      return digits;
    }
    int exponent = Integer.parseInt(digits.substring(e + 1));
    if (exponent == -4) { // Python's exponents begin with -5, Java's with -4
      String mantissa = digits.substring(0, e).replace(".", "");
      return mantissa.startsWith("-") ? "-0.000" + mantissa.substring(1) : "0.000" + mantissa;
    }
    return digits.substring(0, e) + (exponent > -10 ? "e-0" : "e-") + -exponent;
  }

  /** {@return one element of a vector of about unit length} */
  private float element(int vector, int index) {
    float uniform = (hash(vector, index) >>> 40) * 0x1p-23f - 1;
    return uniform * (float) Math.sqrt(3.0 / dimensions);
  }

  /** SplittableRandom's, so that an element is known without those before it. */
  private static long hash(int i, int j) {
    long z = ((long) i << 32 | j) * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * Fails unless {@code result} is what a client must make of the answer: a list of {@code float[]}
   * or of {@code List<Float>}; or, of a client that discards, how many bytes it read.
   */
  void check(Object result) throws IOException {
    if (result instanceof Long read) {
      require(read == Files.size(file()), "read " + read + " bytes");
      return;
    }
    List<?> list = (List<?>) result;
    require(list.size() == vectors, list.size() + " vectors");
    for (int i = 0; i < vectors; i++) {
      Object vector = list.get(i);
      int length = vector instanceof List<?> floats ? floats.size() : ((float[]) vector).length;
      require(length == dimensions, length + " dimensions");
      for (int j = 0; j < dimensions; j++) {
        float is = vector instanceof List<?> floats ? (Float) floats.get(j) : ((float[]) vector)[j];
        require(is == element(i, j), is + " at " + j + " of vector " + i);
      }
    }
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("Wrong answer to " + name + ": " + what);
    }
  }
}
