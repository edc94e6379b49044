package io.github.tokenfactory.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks requests against a document with other features than the published one. */
class ContractTest {
  private static final Contract OTHER =
      new Contract(
          JsonParser.parseString(
                  """
                  {
                    "openapi": "3.0.3",
                    "info": {"title": "Other", "version": "1"},
                    "security": [{"key": []}, {"bearer": []}],
                    "paths": {
                      "/v2/{model}/vectors": {
                        "parameters": [
                          {"name": "limit", "in": "query", "required": true,
                           "schema": {"type": "integer", "minimum": 1}},
                          {"$ref": "#/components/parameters/Trace"}
                        ],
                        "post": {
                          "requestBody": {"$ref": "#/components/requestBodies/Texts"},
                          "responses": {"200": {"description": "OK"}}
                        },
                        "get": {"security": [], "responses": {"200": {"description": "OK"}}}
                      }
                    },
                    "components": {
                      "parameters": {
                        "Trace": {"name": "X-Trace", "in": "header",
                                  "schema": {"type": "string", "maxLength": 3}}
                      },
                      "requestBodies": {
                        "Texts": {"content": {"application/*": {"schema": {
                          "type": "object", "additionalProperties": false, "required": ["text"],
                          "properties": {"text": {"type": "string", "nullable": true, "minLength": 2}}}}}}
                      },
                      "securitySchemes": {
                        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                        "bearer": {"type": "http", "scheme": "bearer"}
                      }
                    }
                  }
                  """)
              .getAsJsonObject());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST   | /v2/m/vectors?limit=1   | X-Key: k                         | `{"text": "ab"}`  | ``
          POST   | /v2/m/vectors?limit=1   | Authorization: bEARER k          | `{"text": null}`  | ``
          POST   | /v2/m/vectors?limit=1   | X-Key: k                         | ``                | ``
          GET    | /v2/m/vectors?limit=1   | X-None: x                        | ``                | ``
          POST   | /v2/m/vectors?limit=1   | X-None: x                        | `{"text": "ab"}`  | 401 header.authorization: Not authenticated
          POST   | /v2/m/n/vectors?limit=1 | X-Key: k                         | `{"text": "ab"}`  | 404 path: Not Found
          PUT    | /v2/m/vectors?limit=1   | X-Key: k                         | `{"text": "ab"}`  | 405 method: Method Not Allowed
          POST   | /v2/m/vectors           | X-Key: k                         | `{"text": "ab"}`  | 422 query.limit: Field required
          POST   | /v2/m/vectors?limit=0   | X-Key: k                         | `{"text": "ab"}`  | 422 query.limit: Input should be greater than or equal to 1
          POST   | /v2/m/vectors?limit=a   | X-Key: k                         | `{"text": "ab"}`  | 422 query.limit: Input should be a valid integer
          POST   | /v2/m/vectors?limit=1   | X-Trace: abcd; X-Key: k          | `{"text": "ab"}`  | 422 header.X-Trace: Input should have at most 3, not 4
          POST   | /v2/m/vectors?limit=1   | Content-Type: text/plain; X-Key: k | ab              | 422 header.content-type: Content type should be application/*
          POST   | /v2/m/vectors?limit=1   | X-Key: k                         | `{"text": "a"}`   | 422 body.text: Input should have at least 2, not 1
          POST   | /v2/m/vectors?limit=1   | X-Key: k                         | `{"text": "ab", "x": 1}` | 422 body.x: Extra inputs are not permitted
          """)
  void checksRequestsAgainstTheDocument(
      String method, String uri, String headers, String body, String violation) {
    Map<String, List<String>> sent =
        new HashMap<>(Map.of("Content-Type", List.of("application/json")));
    for (String header : headers.split("; ")) {
      sent.put(header.split(": ")[0], List.of(header.split(": ")[1]));
    }
    List<Violation> found =
        OTHER.check(
            new ReceivedRequest(
                method, URI.create(uri), sent, body.getBytes(StandardCharsets.UTF_8)));

    assertThat(found)
        .extracting(each -> each.status() + " " + each)
        .isEqualTo(violation.isEmpty() ? List.of() : List.of(violation));
  }
}
