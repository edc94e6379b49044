package io.github.tokenfactory;

import static io.github.tokenfactory.FaultServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tokenfactory.build.Generation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends every kind of parameter and body that a document can state, to a server on a socket. */
class WireFormatTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Wire, version: "1"}
      paths:
        /query:
          get:
            operationId: query
            parameters:
              - {name: deep, in: query, required: true, style: deepObject, schema: {type: object, required: [name], properties: {name: {type: string}, size: {type: integer}, tags: {type: array, items: {type: string}}, inner: {type: object}}}}
              - {name: page, in: query, schema: {type: object, properties: {number: {type: integer}, from: {type: string}}}}
              - {name: labels, in: query, style: deepObject, schema: {type: object, additionalProperties: {type: string}}}
              - {name: ids, in: query, schema: {type: array, items: {type: integer}}}
              - {name: joined, in: query, explode: false, schema: {type: array, items: {type: string}}}
              - {name: pipes, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}}
              - {name: where, in: query, content: {application/json: {schema: {type: object}}}}
              - {name: "user\\u202ename", in: query, schema: {type: string}}
              - {name: created, in: query, style: deepObject, schema: {anyOf: [{type: object, properties: {gt: {type: integer}}}, {type: integer}]}}
              - {name: either, in: query, schema: {oneOf: [{type: object, properties: {x: {type: string}}}, {type: object, properties: {y: {type: string}}}]}}
              - {name: "no header", in: header, schema: {type: string}}
              - {name: X-List, in: header, schema: {type: array, items: {type: string}}}
              - {name: first, in: cookie, schema: {type: string}}
              - {name: second, in: cookie, schema: {type: string}}
            responses: {"204": {description: none}}
        /files/{user-id}/{user_id}/{dotted}/{matrix}:
          get:
            operationId: path
            parameters:
              - {name: user-id, in: path, required: true, schema: {type: string}}
              - {name: user_id, in: path, required: true, schema: {type: integer}}
              - {name: dotted, in: path, required: true, style: label, schema: {type: string}}
              - {name: matrix, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}
            responses: {"204": {description: none}}
        "/a\\\\..\\\\b/x\\tb":
          get: {operationId: strange, responses: {"204": {description: none}}}
        /patch:
          patch:
            operationId: patch
            requestBody: {required: true, content: {application/merge-patch+json: {schema: {type: object, properties: {a: {type: string}}}}}}
            responses: {"204": {description: none}}
        /vendor:
          post:
            operationId: vendor
            requestBody: {required: true, content: {application/vnd.acme.v2+json: {schema: {type: array, items: {$ref: "#/components/schemas/Item"}}}}}
            responses: {"200": {description: ok, content: {application/vnd.acme.v2+json: {schema: {$ref: "#/components/schemas/Item"}}}}}
        /any:
          post:
            operationId: any
            requestBody: {required: true, content: {"*/*": {schema: {$ref: "#/components/schemas/Item"}}}}
            responses: {"200": {description: ok, content: {"*/*": {schema: {$ref: "#/components/schemas/Item"}}}}}
        /image:
          put:
            operationId: image
            requestBody: {required: true, content: {image/png: {schema: {type: string, format: binary}}}}
            responses: {"204": {description: none}}
        /form:
          post:
            operationId: form
            requestBody:
              required: true
              content:
                application/x-www-form-urlencoded:
                  schema: {type: object, required: [grant], properties: {grant: {enum: [g]}, plain: {type: object}, count: {type: integer}, scope: {type: array, items: {type: string}}, meta: {type: object, properties: {a: {type: string}}}, raw: {type: object}}}
                  encoding: {meta: {style: deepObject, explode: true}, raw: {contentType: application/json}}
            responses: {"204": {description: none}}
        /upload:
          post:
            operationId: upload
            requestBody:
              required: true
              content: {multipart/form-data: {schema: {type: object, required: [files], properties: {files: {type: array, items: {type: string, format: binary}}, note: {type: string}}}}}
            responses: {"204": {description: none}}
        /either:
          post:
            operationId: either
            responses:
              "200": {description: done, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
              "202": {description: later, content: {application/json: {schema: {type: object, required: [progress], properties: {progress: {type: integer}}}}}}
        /move:
          post:
            operationId: move
            requestBody: {content: {application/vnd.acme+json: {schema: {$ref: "#/components/schemas/Item"}}}}
            responses:
              "200": {description: done, content: {text/csv: {schema: {type: string}}, application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
              "202": {description: later}
        /alike:
          post:
            operationId: alike
            responses:
              "200": {description: done, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
              "201": {description: made, content: {application/json: {schema: {type: object, properties: {a: {type: string}}}}}}
        /chat:
          post:
            operationId: chat
            requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}}}
            responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Item"}}, text/event-stream: {schema: {type: string}}}}}
      components:
        schemas:
          Item: {type: object, required: [a], properties: {a: {type: string}}}
      """;

  private static final String CALLS =
      """
      MediaType png = MediaType.get("image/png");
      Item item = Item.builder().a("x").build();
      api.query(
              "n", Map.of("deep[inner][k]", "v"), Map.of("labels[l]", "m"),
              Map.of("created[gt]", "8"), Map.of("y", "z"), 2L, List.of("p", "q"),
              3L, "f", List.of(4L, 5L), "a,b", "a|b", JsonParser.parseString("{'k':1}"), "u",
              "h1,h2", "first=1; second=2")
          .execute();
      api.path("a b", 7L, "d", "1,2").execute();
      api.strange().execute();
      api.patch(PatchRequest.builder().a("x").build()).execute();
      api.vendor(List.of(item)).execute();
      api.any(item).execute();
      api.image(RequestBody.create("PNG", null)).execute();
      api.form(FormGrant.G, JsonParser.parseString("{'p':1}"), 1L, List.of("r", "w"), "m", JsonParser.parseString("{'j':[]}")).execute();
      api.upload(
              List.of(
                  MultipartBody.Part.createFormData("files", "1.png", RequestBody.create("1", png)),
                  MultipartBody.Part.createFormData("files", "2.png", RequestBody.create("2", png))),
              null)
          .execute();
      String either = api.either().execute().body().asItem().getA();
      String later =
          api.either().execute().body().asEitherResponse202().getProgress() + "";
      later += api.move(item).execute().body().getA() + api.moveWithoutBody().execute().body();
      return either + later + api.alike().execute().code() + api.chat(item).execute().body().getA()
          + api.chatStream(item).execute().body().string();
      """;

  private static final String SENT =
      """
      GET /query?deep[name]=n&deep[inner][k]=v&labels[l]=m&created[gt]=8&y=z&deep[size]=2&deep[tags]=p&deep[tags]=q\
      &number=3&from=f&ids=4&ids=5&joined=a,b&pipes=a|b&where={"k":1}&user\u202ename=u
        x-list: h1,h2
        cookie: first=1; second=2
      GET /files/a%20b/7/.d/;matrix=1,2
      GET /a%5C..%5Cb/x%09b
      PATCH /patch
        content-type: application/merge-patch+json
        {"a":"x"}
      POST /vendor
        accept: application/vnd.acme.v2+json
        content-type: application/vnd.acme.v2+json
        [{"a":"x"}]
      POST /any
        accept: application/json
        content-type: application/json; charset=UTF-8
        {"a":"x"}
      PUT /image
        content-type: image/png
        PNG
      POST /form
        content-type: application/x-www-form-urlencoded
        grant=g&plain=%7B%22p%22%3A1%7D&count=1&scope=r&scope=w&meta%5Ba%5D=m&raw=%7B%22j%22%3A%5B%5D%7D
      POST /upload
        content-type: multipart/form-data
        --
        Content-Disposition: form-data; name="files"; filename="1.png"
        Content-Type: image/png; charset=utf-8
        Content-Length: 1

        1
        --
        Content-Disposition: form-data; name="files"; filename="2.png"
        Content-Type: image/png; charset=utf-8
        Content-Length: 1

        2
        --
      POST /either
      POST /either
      POST /move
        accept: application/json
        content-type: application/vnd.acme+json
        {"a":"x"}
      POST /move
        accept: application/json
      POST /alike
      POST /chat
        accept: application/json
        content-type: application/json; charset=UTF-8
        {"a":"x"}
      POST /chat
        accept: text/event-stream
        content-type: application/json; charset=UTF-8
        {"a":"x"}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client.create(TokenFactoryApi.class)",
        "new Retrofit.Builder().baseUrl(url).addConverterFactory(GsonConverterFactory.create())"
            + ".build().create(TokenFactoryApi.class)"
      })
  void sendsWhatTheDocumentStates(String api, @TempDir Path directory) throws Exception {
    Path document = Files.writeString(directory.resolve("wire.yaml"), DOCUMENT);
    String item = "{\"a\":\"y\"}";
    try (FaultServer server =
        new FaultServer(
            answer(204, ""),
            answer(204, ""),
            answer(204, ""),
            answer(204, ""),
            answer(200, item),
            answer(200, item),
            answer(204, ""),
            answer(204, ""),
            answer(204, ""),
            answer(200, item),
            answer(202, "{\"progress\":9}"),
            answer(200, item),
            answer(204, ""),
            answer(201, item),
            answer(200, item),
            answer(200, "data: z"))) {
      String result =
          GeneratedCaller.call(
              document, "*", directory, "TokenFactoryApi api = " + api + ";\n" + CALLS, server);

      assertThat(result).isEqualTo("y9ynull201ydata: z");
      assertThat(String.join("\n", server.exchanges().stream().map(this::described).toList()))
          .isEqualTo(SENT.strip());
    }
  }

  /** {@return the request line, the headers that a document can state, and the body} */
  private String described(FaultServer.Exchange exchange) {
    StringBuilder text = new StringBuilder();
    String target = exchange.line.replace(" HTTP/1.1", "");
    text.append(target.contains("?") ? URLDecoder.decode(target, StandardCharsets.UTF_8) : target);
    for (String header : List.of("x-list", "cookie", "accept", "content-type")) {
      String value = exchange.headers.get(header);
      if (value != null) {
        text.append("\n  " + header + ": " + value.replaceFirst("; boundary=.*", ""));
      }
    }
    String body = exchange.body.replaceAll("--[-0-9a-f]{36}(--)?", "--").replace("\r", "");
    body.strip().lines().forEach(line -> text.append(line.isEmpty() ? "\n" : "\n  " + line));
    return text.toString();
  }

  @Test
  void readsASuccessWithoutContentAsNullIfTheDocumentHasOne(@TempDir Path directory)
      throws Exception {
    Path document = Files.writeString(directory.resolve("wire.yaml"), DOCUMENT);
    String calls =
        """
        String seen =
            client.call(
                api -> api.moveWithoutBody(),
                RequestOptions.none(),
                (body, response) -> body + " " + response.status());
        try {
          client.call(api -> api.alike());
        } catch (InvalidResponseException e) {
          seen += ", " + e.getMessage();
        }
        return seen;
        """;
    try (FaultServer server = new FaultServer(answer(202, ""), answer(200, ""))) {
      assertThat(GeneratedCaller.call(document, "*", directory, calls, server))
          .startsWith("null 202, ")
          .contains("there is no JSON value in it");
    }
  }

  /** What an argument could turn into another path or host, if a path began with it. */
  @Test
  void keepsArgumentsBelowTheBaseUrl(@TempDir Path directory) throws Exception {
    Path document =
        Files.writeString(
            directory.resolve("arguments.yaml"),
            """
            openapi: 3.1.0
            info: {title: Arguments, version: "1"}
            paths:
              /{a}: {get: {operationId: one, responses: {"204": {description: none}}}}
              /{a}/{b}/{c}: {get: {operationId: three, responses: {"204": {description: none}}}}
              /{a}:{b}: {get: {operationId: colon, responses: {"204": {description: none}}}}
              /x:y: {get: {operationId: plain, responses: {"204": {description: none}}}}
              /x/{a}{b}?q=1: {get: {operationId: query, responses: {"204": {description: none}}}}
            """);
    String calls =
        """
        Retrofit retrofit = new Retrofit.Builder().baseUrl(url + "p/q/").build();
        TokenFactoryApi api = retrofit.create(TokenFactoryApi.class);
        api.three("a/b", ":", "?").execute();
        api.colon("a", "..").execute();
        api.plain().execute();
        List<String> hostile =
            List.of("", ".", "..", "/", "//evil", "..\\\\evil", "http:", "https:evil", "\\t", "%2e%2e");
        Set<String> outside = new TreeSet<>();
        for (String a : hostile) {
          for (String b : hostile) {
            for (String c : hostile) {
              for (Supplier<Call<Void>> call :
                  List.<Supplier<Call<Void>>>of(
                      () -> api.one(a), () -> api.three(a, b, c), () -> api.colon(a, b),
                      () -> api.query(a, b))) {
                try {
                  String sent = call.get().request().url().toString();
                  if (!sent.startsWith(url + "p/q/")) {
                    outside.add(sent);
                  }
                } catch (IllegalArgumentException e) {
                  // Retrofit refuses it.
                }
              }
            }
          }
        }
        return outside.toString();
        """;
    try (FaultServer server = new FaultServer().always(answer(204, ""))) {
      assertThat(GeneratedCaller.call(document, "*", directory, calls, server)).isEqualTo("[]");
      assertThat(server.exchanges())
          .extracting(exchange -> exchange.line)
          .containsExactly(
              "GET /p/q/a%2Fb/:/%3F HTTP/1.1", "GET /p/q/a:.. HTTP/1.1", "GET /p/q/x:y HTTP/1.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example/x",
        "///evil.example/x",
        "/%2e%2e/admin",
        "/a/../../admin",
        "/a/.%2E/b",
        "/{x}/..",
        "/..?x=1",
        "/..#x",
        "x",
        "https://evil.example/x"
      })
  void bindsNoPathThatLeavesTheBaseUrl(String path, @TempDir Path directory) throws Exception {
    Path document =
        Files.writeString(
            directory.resolve("path.yaml"),
            """
            openapi: 3.1.0
            info: {title: Path, version: "1"}
            paths: {"%s": {get: {responses: {"204": {description: none}}}}}
            """
                .formatted(path));

    assertThatThrownBy(() -> Generation.of(document, "*", settings -> {}))
        .hasMessageContaining(path)
        .hasMessageContaining("could leave the base URL");
  }
}
