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
 * A request and its response; a name determines both, so all processes agree on them.
 *
 * @param name the name, such as {@code 256x4096-base64}; it is the first part of the URL's path
 * @param vectors the number of inputs and of vectors
 * @param dimensions the dimensions of each vector
 * @param base64 whether vectors are base64 on the wire, or else arrays of numbers
 * @param textLength the number of characters of each text
 * @param tokens the number of token ids of each input, or 0 if the inputs are texts
 */
record Workload(
    String name, int vectors, int dimensions, boolean base64, int textLength, int tokens) {

  static final Workload SMALL = ofResponse(1, 1024, true);
  static final Workload MEDIUM = ofResponse(256, 4096, true);

  /** Short texts with large responses, then large requests with short responses. */
  static final List<Workload> ALL =
      List.of(
          SMALL,
          ofResponse(1, 1024, false),
          MEDIUM,
          ofResponse(256, 4096, false),
          ofResponse(2048, 1536, true),
          ofResponse(2048, 1536, false),
          new Workload("2048x1KB-texts", 2048, 1, true, 1024, 0),
          new Workload("256x8192-tokens", 256, 1, true, 0, 8192));

  private static final Path DIRECTORY = Path.of("target", "bench");
  private static final int VOCABULARY = 150_000;

  private static Workload ofResponse(int vectors, int dimensions, boolean base64) {
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

  /** {@return the size of the request if that is the large part, or else of the vectors} */
  long payload() {
    return isRequest() ? request().length : 4L * vectors * dimensions;
  }

  /** {@return the inputs as distinct texts} */
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

  /** {@return the body of the request} */
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

  /** {@return the body of the response, which {@link #render} has written} */
  byte[] response() throws IOException {
    return Files.readAllBytes(file());
  }

  /** Writes the body of the response to a file. */
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

  /** {@return the vector as base64 of little-endian floats} */
  String base64(int vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * dimensions).order(ByteOrder.LITTLE_ENDIAN);
    for (int j = 0; j < dimensions; j++) {
      bytes.putFloat(element(vector, j));
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** {@return the number as Python prints a 32-bit float: widened, with up to 17 digits} */
  private static String number(float element) {
    String digits = Double.toString(element);
    int e = digits.indexOf('E');
    if (e < 0) {
      return digits;
    }
    int exponent = Integer.parseInt(digits.substring(e + 1));
    if (exponent == -4) { // Python uses exponents from -5 on, Java from -4 on
      String mantissa = digits.substring(0, e).replace(".", "");
      return mantissa.startsWith("-") ? "-0.000" + mantissa.substring(1) : "0.000" + mantissa;
    }
    return digits.substring(0, e) + (exponent > -10 ? "e-0" : "e-") + -exponent;
  }

  /** {@return an element of a vector whose length is about 1} */
  private float element(int vector, int index) {
    float uniform = (hash(vector, index) >>> 40) * 0x1p-23f - 1;
    return uniform * (float) Math.sqrt(3.0 / dimensions);
  }

  /** The hash of SplittableRandom: computes any element without the ones before it. */
  private static long hash(int i, int j) {
    long z = ((long) i << 32 | j) * 0x9e3779b97f4a7c15L + 0x632be59bd9b4e019L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /**
   * Fails unless {@code result} is right: a list of {@code float[]} or of {@code List<Float>} with
   * the vectors of the response, or the number of bytes read by a client that discards them.
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
      throw new IllegalStateException("Wrong result of " + name + ": " + what);
    }
  }
}
