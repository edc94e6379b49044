package example

import io.github.tokenfactory.RequestOptions
import io.github.tokenfactory.TokenFactoryClient
import io.github.tokenfactory.TokenFactoryConverterFactory
import io.github.tokenfactory.api.TokenFactoryApi
import io.github.tokenfactory.embeddings.EmbeddingInput
import io.github.tokenfactory.embeddings.EmbeddingResult
import io.github.tokenfactory.embeddings.EmbeddingsService
import io.github.tokenfactory.errors.NotFoundException
import io.github.tokenfactory.model.EmbeddingRequest
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.net.InetAddress
import java.net.ServerSocket
import java.nio.file.Path
import kotlin.io.path.readLines
import kotlin.io.path.writeText
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import okhttp3.mockwebserver.MockResponse
import okhttp3.mockwebserver.MockWebServer
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import retrofit2.Response
import retrofit2.Retrofit
import retrofit2.await
import retrofit2.http.DELETE
import retrofit2.http.GET
import retrofit2.http.Tag

data class Models(val data: List<Map<String, String>>)

interface ModelsService {
  @GET("v1/models") suspend fun models(): Models

  @GET("v1/models") suspend fun response(@Tag options: RequestOptions): Response<Models>

  @DELETE("v1/models/1") suspend fun delete()
}

@Timeout(120)
class KotlinTest {
  private val response =
    MockResponse()
      .setBody(
        """
        {"object": "list", "model": "m", "data": [{"object": "embedding", "index": 0, "embedding": [1, 0.5]}]}
        """
      )
  private val vector = floatArrayOf(1f, 0.5f)

  @Test
  fun `awaits the future of the client`() = runBlocking<Unit> {
    MockWebServer().use { server ->
      server.enqueue(response)
      client(server.url("/").toString()).use { client ->
        val result: EmbeddingResult =
          EmbeddingsService.of(client).createAsync("m", EmbeddingInput.text("a cat")).await()
        assertArrayEquals(vector, result.vector(0))
      }
    }
  }

  @Test
  fun `awaits the call of a Retrofit service`() = runBlocking<Unit> {
    MockWebServer().use { server ->
      server.enqueue(response)
      val api =
        Retrofit.Builder()
          .baseUrl(server.url("/"))
          .addConverterFactory(TokenFactoryConverterFactory.create())
          .build()
          .create(TokenFactoryApi::class.java)
      val request =
        EmbeddingRequest.builder().model("m").input(EmbeddingInput.text("a cat")).build()
      val embedding = api.createEmbeddings(request, null).await().data?.first()?.embedding
      assertArrayEquals(vector, embedding?.toArray())
    }
  }

  @Test
  fun `sends the calls of suspend functions through the client`() = runBlocking<Unit> {
    MockWebServer().use { server ->
      val models = MockResponse().setBody("""{"data": [{"id": "m"}]}""")
      listOf(MockResponse().setResponseCode(500), models, models).forEach(server::enqueue)
      server.enqueue(MockResponse())
      server.enqueue(MockResponse().setResponseCode(404))
      client(server.url("/").toString()).use { client ->
        val service = client.create(ModelsService::class.java)
        val options = RequestOptions.builder().header("X-Team", "search").build()

        assertEquals("m", service.models().data.single()["id"]) // the second attempt
        assertEquals(200, service.response(options).code())
        service.delete()
        assertThrows<NotFoundException> { service.models() }

        assertEquals("Bearer key", server.takeRequest().getHeader("Authorization"))
        server.takeRequest()
        assertEquals("search", server.takeRequest().getHeader("X-Team"))
        assertEquals("DELETE", server.takeRequest().method)
      }
    }
  }

  @Test
  fun `closes the connection when the coroutine is cancelled`() = runBlocking<Unit> {
    ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { silent ->
      client("http://localhost:${silent.localPort}").use { client ->
        val embedding =
          launch(Dispatchers.IO) {
            EmbeddingsService.of(client).createAsync("m", EmbeddingInput.text("a cat")).await()
          }
        silent.accept().use { socket ->
          embedding.cancelAndJoin()
          socket.getInputStream().readAllBytes() // returns when the client closes the connection
        }
      }
    }
  }

  @Test
  fun `compiler rejects code that ignores nullness`(@TempDir folder: Path) {
    val source = folder.resolve("Nulls.kt")
    source.writeText(
      """
      import io.github.tokenfactory.*
      import io.github.tokenfactory.embeddings.*
      import io.github.tokenfactory.model.*

      fun right(request: EmbeddingRequest, result: EmbeddingResult) {
        val model: String? = request.toBuilder().model(null).build().model
        val tokens: Long? = result.usage()?.totalTokens
        val vector: FloatArray = result.vectors().first()
      }

      fun wrong(request: EmbeddingRequest, result: EmbeddingResult) {
        val model: String = request.model // wrong
        val tokens: Long? = result.usage().totalTokens // wrong
        result.vectors().add(null) // wrong
        request.unknown().put("a", null) // wrong
        EmbeddingInput.text(null) // wrong
      }
      """
        .trimIndent()
    )
    val wrong = source.readLines().indices.filter { source.readLines()[it].endsWith("// wrong") }
    val errors = compilerOutput(source)
    val lines = Regex("""Nulls\.kt:(\d+):\d+: error""").findAll(errors).map { it.groupValues[1].toInt() - 1 }
    assertEquals(wrong, lines.toList(), errors)
  }

  private fun compilerOutput(source: Path): String {
    val output = ByteArrayOutputStream()
    val classPath = System.getProperty("java.class.path")
    val classes = source.resolveSibling("classes").toString()
    K2JVMCompiler()
      .exec(PrintStream(output), "-no-stdlib", "-cp", classPath, "-d", classes, source.toString())
    return output.toString()
  }

  private fun client(baseUrl: String): TokenFactoryClient =
    TokenFactoryClient.builder().apiKey("key").baseUrl(baseUrl).build()
}
