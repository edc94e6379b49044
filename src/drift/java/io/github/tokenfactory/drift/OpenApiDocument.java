package io.github.tokenfactory.drift;

import io.github.tokenfactory.drift.CannotCheckException.Reason;
import io.github.tokenfactory.internal.openapi.CanonicalJson;
import io.github.tokenfactory.internal.openapi.Document;
import io.github.tokenfactory.internal.openapi.DocumentParser;
import io.github.tokenfactory.internal.openapi.DocumentSource;
import io.github.tokenfactory.internal.openapi.Operation;
import io.github.tokenfactory.internal.openapi.Slicer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/** An OpenAPI 3.0, 3.1 or 3.2 document; immutable. */
public final class OpenApiDocument {
  /** The name that stands for every operation of a document. */
  public static final String ALL_OPERATIONS = Document.ALL_OPERATIONS;

  /** Where the client's jar has its document: outside any package, so that modules can read it. */
  private static final String BUNDLED = "META-INF/tokenfactory/openapi.json";

  final Document document;

  private OpenApiDocument(Document document) {
    this.document = document;
  }

  /**
   * {@return the document that the client was generated from}
   *
   * @throws CannotCheckException if the client's jar is not on the class path or module path
   */
  public static OpenApiDocument bundled() {
    try (InputStream in = OpenApiDocument.class.getClassLoader().getResourceAsStream(BUNDLED)) {
      if (in == null) {
        throw new CannotCheckException(
            Reason.UNAVAILABLE,
            "there is no "
                + BUNDLED
                + " on the class path or module path; add the client's jar, or name two documents");
      }
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new CannotCheckException(Reason.UNAVAILABLE, "cannot read " + BUNDLED + ": " + e, e);
    }
  }

  /**
   * Loads a document; gives up after 60 seconds or 64 MB.
   *
   * @param location an {@code http:}, {@code https:} or {@code file:} URL, or the path of a file
   * @throws CannotCheckException if there is no document, or not one that {@link #parse(byte[])}
   *     takes
   */
  public static OpenApiDocument load(String location) {
    return new OpenApiDocument(DocumentSource.create().load(location));
  }

  /**
   * Parses UTF-8 bytes: strict JSON, or YAML 1.2 if {@code org.snakeyaml:snakeyaml-engine} is on
   * the class path.
   *
   * @throws CannotCheckException if that is not one well-formed OpenAPI 3.0, 3.1 or 3.2 document
   */
  public static OpenApiDocument parse(byte[] bytes) {
    return new OpenApiDocument(DocumentParser.parse(bytes));
  }

  /**
   * Parses a text; see {@link #parse(byte[])}.
   *
   * @throws CannotCheckException if that is not one well-formed OpenAPI 3.0, 3.1 or 3.2 document
   */
  public static OpenApiDocument parse(String text) {
    return new OpenApiDocument(DocumentParser.parse(text));
  }

  /** {@return every operation as {@code METHOD /path}, in the order of the document} */
  public List<String> operations() {
    return document.operations().stream().map(Operation::title).toList();
  }

  /**
   * {@return the document reduced to some operations and all that they refer to; key order stays as
   * it is}
   *
   * <p>Slicing a slice to the same operations gives the same document. What the operations do not
   * refer to has no influence on it.
   *
   * @param operations each as {@code METHOD /path} or as an operation id; {@link #ALL_OPERATIONS}
   *     for all
   * @throws CannotCheckException if an operation is unknown, or a reference leads nowhere, in a
   *     circle or out of the document
   */
  public OpenApiDocument slice(Collection<String> operations) {
    return new OpenApiDocument(Slicer.slice(document, document.find(operations)));
  }

  /**
   * {@return the document as JSON: indented by two spaces, names, numbers and their order as they
   * are, and a final newline}
   */
  public String toCanonicalJson() {
    return CanonicalJson.canonical(document.root());
  }

  @Override
  public String toString() {
    return "OpenApiDocument[" + document + "]";
  }
}
