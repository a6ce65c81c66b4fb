namespace CeleryNet;

/// <summary>What becomes of a task that is sent while another one with its key is there.</summary>
public enum DuplicatePolicy
{
    /// <summary>It is not sent; the caller gets the handle of the one that is there. Default.</summary>
    ReturnExisting,

    /// <summary>It is not sent; the caller gets a handle that says so and has no result.</summary>
    Drop,

    /// <summary>It is sent, and the one that is there is revoked: it ends as REVOKED when it has not begun, and runs on when it has.</summary>
    Replace,
}
