using System.Text.Json;
using Microsoft.Extensions.Logging;
using QatPipeline.Runs.Json;

namespace QatPipeline.Runs.Artifacts;

/// <summary>JSON blobs, checks, and read-modify-write on top of <see cref="IBlobStore"/>.</summary>
public static partial class BlobStoreExtensions
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The blob's JSON value, or default where there is no blob.</summary>
    /// <exception cref="ArtifactException">The blob is not the JSON expected.</exception>
    public static async Task<T?> ReadJsonAsync<T>(this IBlobStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        var blob = await store.ReadAsync(name, cancellationToken);
        return blob is null ? null : Parse<T>(name, blob.Content);
    }

    /// <summary>
    /// As <see cref="ReadJsonAsync"/>, but a damaged blob counts as none and is put aside, so that it can be written anew.
    /// </summary>
    /// <exception cref="ArtifactException">The blob is not the JSON expected.</exception>
    public static async Task<T?> ReadSoundJsonAsync<T>(this IBlobStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await store.ReadJsonAsync<T>(name, cancellationToken);
        }
        catch (DamagedBlobException)
        {
            await store.QuarantineAsync(name, cancellationToken);
            return null;
        }
    }

    /// <summary>As <see cref="ReadJsonAsync"/>, but a blob that cannot be read counts as none; it stays where it is.</summary>
    public static async Task<T?> TryReadJsonAsync<T>(this IBlobStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await store.ReadJsonAsync<T>(name, cancellationToken);
        }
        catch (ArtifactException)
        {
            return null;
        }
    }

    /// <summary>Reads the whole blob and compares it with its digest, in bounded memory.</summary>
    public static async Task<BlobState> CheckAsync(this IBlobStore store, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var blob = await store.OpenReadAsync(name, cancellationToken);
            return blob is null ? BlobState.Missing : await blob.CheckAsync(cancellationToken);
        }
        catch (DamagedBlobException)
        {
            return BlobState.Damaged;
        }
    }

    /// <summary>The blob's JSON value with its entity tag, in one read; null where there is no blob.</summary>
    /// <exception cref="ArtifactException">The blob is not the JSON expected.</exception>
    public static async Task<Versioned<T>?> ReadVersionedJsonAsync<T>(
        this IBlobStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        var blob = await store.ReadAsync(name, cancellationToken);
        return blob is null ? null : new Versioned<T>(Parse<T>(name, blob.Content)!, blob.EntityTag);
    }

    /// <summary>Writes the value unless the blob exists. False where it does.</summary>
    public static Task<bool> TryCreateJsonAsync<T>(this IBlobStore store, string name, T value, CancellationToken cancellationToken) =>
        store.TryWriteAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Options), null, cancellationToken);

    /// <summary>Writes the value whatever was there.</summary>
    public static Task WriteJsonAsync<T>(this IBlobStore store, string name, T value, CancellationToken cancellationToken) =>
        store.WriteAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, PipelineJson.Options), cancellationToken);

    /// <summary>
    /// Replaces the value by what <paramref name="change"/> makes of it, again and again until nobody was faster. A change that returns
    /// the value it got leaves the blob alone.
    /// </summary>
    /// <returns>The value now stored.</returns>
    public static async Task<T?> UpdateJsonAsync<T>(
        this IBlobStore store, string name, Func<T?, T?> change, CancellationToken cancellationToken)
        where T : class
    {
        T? result = null;
        await store.UpdateAsync(
            name,
            content =>
            {
                var current = content is null ? null : Parse<T>(name, content);
                result = change(current);
                return ReferenceEquals(result, current) || result is null
                    ? content
                    : JsonSerializer.SerializeToUtf8Bytes(result, PipelineJson.Options);
            },
            cancellationToken);
        return result;
    }

    /// <summary>As <see cref="UpdateJsonAsync"/> on bytes; returning the same array (or null) leaves the blob alone.</summary>
    public static async Task UpdateAsync(
        this IBlobStore store, string name, Func<byte[]?, byte[]?> change, CancellationToken cancellationToken)
    {
        for (var pause = TimeSpan.FromMilliseconds(2); ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var current = await store.ReadAsync(name, cancellationToken);
            var changed = change(current?.Content);
            if (changed is null || ReferenceEquals(changed, current?.Content)
                || await store.TryWriteAsync(name, changed, current?.EntityTag, cancellationToken))
            {
                return;
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <summary>A free name for the damaged blob.</summary>
    internal static async Task<string> FindQuarantineAsync(this IBlobStore store, string name, CancellationToken cancellationToken)
    {
        for (var n = 1; ; n++)
        {
            var place = StorePaths.Quarantined(name, n);
            if (!await store.ExistsAsync(place, cancellationToken))
            {
                return place;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The damaged blob {Name} is kept as {Place}; it counts as absent from now on")]
    internal static partial void LogQuarantined(this ILogger logger, string name, string place);

    private static T? Parse<T>(string name, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, PipelineJson.Options);
        }
        catch (JsonException exception)
        {
            throw new ArtifactException($"The blob '{name}' is not what this version writes there: {exception.Message}", exception);
        }
    }
}
