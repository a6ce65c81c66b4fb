using CeleryNet;

namespace WebApi;

/// <summary>Small pictures of what was uploaded.</summary>
internal sealed class ThumbnailTasks(Shop shop, ImageMagick imageMagick)
{
    /// <summary>Makes a JPEG of at most 256 × 256 pixels. The message has the image's name only; running twice gives the same file.</summary>
    /// <returns>Where the API serves it.</returns>
    [Task("thumbnails.make", TimeLimit = "00:01:00")]
    public async Task<string> MakeAsync(string image, CancellationToken cancellationToken)
    {
        var unfinished = $"{shop.ThumbnailOf(image)}.{Guid.NewGuid():n}"; // nobody sees half a picture
        await imageMagick.ShrinkAsync(shop.UploadOf(image), unfinished, 256, cancellationToken);
        File.Move(unfinished, shop.ThumbnailOf(image), overwrite: true);
        return $"/thumbnails/{image}";
    }
}
